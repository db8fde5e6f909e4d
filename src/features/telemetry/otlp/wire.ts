/** What a request says, before any convention has been read into it. Both encodings end here, and equal content is equal. */

/** Always fit for JSON: whole numbers beyond 2^53, NaN and Infinity are texts, bytes are texts where they can be and base64 otherwise, maps have no prototype. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** A Map, so that no name a client chooses can touch a prototype. */
export type Attributes = Map<string, Value>;

/** Since 1970 UTC; two numbers, as one cannot hold nanoseconds exactly. */
export interface Time {
  readonly ms: number;
  /** 0 to 999,999. */
  readonly ns: number;
}

export interface Resource {
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

export interface RawEvent {
  name: string;
  at: Time | null;
  attributes: Attributes;
}

export interface RawLink {
  traceId: string;
  spanId: string;
}

export interface RawSpan {
  /** 32 hexadecimal digits in lower case. */
  traceId: string;
  /** 16 hexadecimal digits in lower case. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  start: Time | null;
  end: Time | null;
  failed: boolean;
  statusMessage: string;
  attributes: Attributes;
  events: RawEvent[];
  links: RawLink[];
  resource: Resource;
  scope: Scope;
  flags: Flag[];
}

export const emptySpan = (resource: Resource, scope: Scope): RawSpan => ({
  traceId: '',
  spanId: '',
  parentSpanId: null,
  name: '',
  start: null,
  end: null,
  failed: false,
  statusMessage: '',
  attributes: new Map(),
  events: [],
  links: [],
  resource,
  scope,
  flags: [],
});

export interface RawLog {
  /** Empty when the record belongs to no trace. */
  traceId: string;
  spanId: string;
  at: Time | null;
  name: string;
  severity: number;
  body: Value;
  attributes: Attributes;
  resource: Resource;
  scope: Scope;
  flags: Flag[];
}

export const emptyLog = (resource: Resource, scope: Scope): RawLog => ({
  traceId: '',
  spanId: '',
  at: null,
  name: '',
  severity: 0,
  body: null,
  attributes: new Map(),
  resource,
  scope,
  flags: [],
});

/** What a reader should know about the quality of a span before trusting it. */
export type Flag =
  | 'attributes_dropped'
  | 'events_dropped'
  | 'links_dropped'
  | 'value_truncated'
  | 'too_deep'
  | 'invalid_utf8'
  | 'parent_invalid'
  | 'start_missing'
  | 'end_missing'
  | 'time_invalid'
  | 'ends_before_start'
  | 'longer_than_30_days'
  | 'tokens_invalid'
  | 'cache_exceeds_input'
  | 'input_excluded_cache'
  | 'output_excluded_reasoning'
  | 'cost_invalid'
  | 'score_invalid'
  | 'value_invalid'
  | 'no_value'
  | 'buckets_invalid'
  | 'buckets_dropped'
  | 'struck'
  | 'texts_dropped';

export const metricKinds = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] as const;
export type MetricKind = (typeof metricKinds)[number];

/** What all points of a metric have in common. */
export interface Metric {
  name: string;
  description: string;
  unit: string;
  kind: MetricKind;
  /** Whether a point counts since the one before it, or since the beginning; null where that means nothing or was not said. */
  temporality: 'delta' | 'cumulative' | null;
  isMonotonic: boolean;
  resource: Resource;
  scope: Scope;
}

/** Buckets whose bounds are powers: bucket i of an offset ends at 2^(2^-scale * (offset + i + 1)). */
export interface Exponential {
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positiveOffset: number;
  positiveCounts: number[];
  negativeOffset: number;
  negativeCounts: number[];
}

/** One point of a metric. What its kind does not have is null or empty. Numbers are finite; counts are whole and exact. */
export interface RawPoint {
  metric: Metric;
  startAt: Time | null;
  at: Time | null;
  value: number | null;
  count: number | null;
  sum: number | null;
  min: number | null;
  max: number | null;
  /** One fewer than the counts, rising; both are empty when there are no buckets. */
  bounds: number[];
  bucketCounts: number[];
  exponential: Exponential | null;
  quantiles: number[];
  quantileValues: (number | null)[];
  attributes: Attributes;
  flags: Flag[];
}

/** As proto3 has it, where nothing was said: a count and the sum of a summary are zero. */
export const emptyPoint = (metric: Metric): RawPoint => ({
  metric,
  startAt: null,
  at: null,
  value: null,
  count: metric.kind === 'gauge' || metric.kind === 'sum' ? null : 0,
  sum: metric.kind === 'summary' ? 0 : null,
  min: null,
  max: null,
  bounds: [],
  bucketCounts: [],
  exponential:
    metric.kind === 'exponential_histogram'
      ? {
          scale: 0,
          zeroCount: 0,
          zeroThreshold: 0,
          positiveOffset: 0,
          positiveCounts: [],
          negativeOffset: 0,
          negativeCounts: [],
        }
      : null,
  quantiles: [],
  quantileValues: [],
  attributes: new Map(),
  flags: [],
});
