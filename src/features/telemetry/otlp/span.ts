import type { Attributes, Flag, RawEvent, RawLink, Scope } from './wire.ts';

/** What a span is. A `span` is work of which no convention says more. */
export type Kind =
  | 'generation'
  | 'embedding'
  | 'reranker'
  | 'tool'
  | 'agent'
  | 'chain'
  | 'retrieval'
  | 'guardrail'
  | 'evaluator'
  | 'prompt'
  | 'event'
  | 'span';

/** Who judged. Null where the client does not say. */
export type ScoreSource = 'rule' | 'model' | 'person' | 'end_user' | 'ground_truth';

export interface Score {
  name: string;
  /** Null when there is only a label. */
  value: number | null;
  label: string | null;
  explanation: string | null;
  source: ScoreSource | null;
}

/**
 * One meaning per field, whichever convention it came by. What is unknown is null, never a guessed zero.
 * Times are milliseconds since 1970 UTC with microseconds behind the point; money is in dollars.
 */
export interface Span {
  /** 32 hexadecimal digits in lower case. */
  traceId: string;
  /** 16 hexadecimal digits in lower case. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: Kind;
  /** Null when the client did not say or said nonsense: the time of receipt must stand in. */
  startedAt: number | null;
  /** Never negative; null when unknown. */
  durationMs: number | null;
  status: 'ok' | 'error';
  statusMessage: string | null;

  /** As OpenTelemetry names it: openai, anthropic, aws.bedrock, azure.ai.openai, gcp.vertex_ai. */
  provider: string | null;
  /** The model that was asked for. */
  requestModel: string | null;
  /** The model that answered; the one asked for, where the answer does not name it. */
  model: string | null;
  /** All of them: cached, written to the cache, and fresh. */
  inputTokens: number | null;
  /** Of the input, what was read from the provider's cache. */
  cachedInputTokens: number | null;
  /** Of the input, what was written to the provider's cache. */
  cacheWriteTokens: number | null;
  /** All of them, reasoning too. */
  outputTokens: number | null;
  /** Of the output, what was thought and not said. */
  reasoningTokens: number | null;
  /** What the client says the call cost. */
  givenCostUsd: number | null;
  /** The attribute that said so. */
  givenCostSource: string | null;
  /** Calls a model itself. A wrapper repeats what its calls say and must not be priced beside them; see `countedSpans`. */
  costable: boolean;

  user: string | null;
  session: string | null;
  environment: string | null;
  release: string | null;
  version: string | null;
  service: string | null;
  workflow: string | null;
  traceName: string | null;
  tags: string[];
  promptName: string | null;
  promptVersion: string | null;
  responseId: string | null;

  /** Text, or JSON where the client sent messages. */
  input: string | null;
  output: string | null;
  finishReasons: string[];
  scores: Score[];
  timeToFirstTokenMs: number | null;

  flags: Flag[];
  /** All that the client sent, whether a convention knows it or not. */
  attributes: Attributes;
  /** Shared by the spans of one resource. */
  resource: Attributes;
  scope: Scope;
  events: RawEvent[];
  links: RawLink[];
}
