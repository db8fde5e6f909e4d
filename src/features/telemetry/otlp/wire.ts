/** What a request says, before any convention has been read into it. Both encodings end here, and equal content is equal. */

/** Always fit for JSON: whole numbers beyond 2^53, NaN and Infinity are texts, bytes are base64, maps have no prototype. */
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
  | 'struck'
  | 'texts_dropped';

export interface MetricCount {
  name: string;
  points: number;
}
