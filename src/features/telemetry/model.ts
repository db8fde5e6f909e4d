import { z } from 'zod';
import { Score } from './scores/model.ts';

const tokens = z.number().nullable();
const text = z.string().nullable();

export const Totals = z.object({
  inputTokens: tokens.describe('All of them, cached ones too.'),
  cachedInputTokens: tokens,
  outputTokens: tokens.describe('All of them, reasoning too.'),
  reasoningTokens: tokens,
  costUsd: z.number().nullable(),
});
export type Totals = z.infer<typeof Totals>;

export const TraceSummary = Totals.extend({
  traceId: z.string(),
  name: z.string().describe('The trace’s own name, else that of its first span.'),
  workflow: text,
  startedAt: z.string(),
  durationMs: z.number().nullable(),
  status: z.enum(['ok', 'error']).describe('error: a span of it failed.'),
  spanCount: z.number(),
  errorCount: z.number().describe('Spans that failed.'),
  models: z.array(z.string()),
  user: text,
  session: text,
  environment: text,
  scores: z.array(Score.pick({ name: true, value: true, label: true, source: true })),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

export const TraceSpan = z.object({
  spanId: z.string(),
  parentSpanId: text,
  name: z.string(),
  kind: z.string(),
  workflow: text,
  startedAt: z.string(),
  durationMs: z.number().nullable(),
  status: z.enum(['ok', 'error']),
  statusMessage: text,
  provider: text,
  requestModel: text,
  model: text,
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  costUsd: z.number().nullable(),
  costSource: text.describe('What says so: "given: <attribute>", "own price <id>" or "genai-prices <version>".'),
  user: text,
  session: text,
  environment: text,
  release: text,
  version: text,
  service: text,
  tags: z.array(z.string()),
  promptName: text,
  promptVersion: text,
  responseId: text,
  input: text,
  output: text,
  finishReasons: z.array(z.string()),
  timeToFirstTokenMs: z.number().nullable(),
  flags: z.array(z.string()).describe('What a reader should know before trusting the span.'),
  scores: z.array(Score.omit({ traceId: true })).describe('Of the span; those of the trace stand at its first span.'),
  attributes: z.record(z.string(), z.unknown()),
  resource: z.record(z.string(), z.unknown()),
  events: z.array(z.looseObject({ at: z.string().nullable() })).describe('With their name, time and attributes.'),
  links: z.array(z.unknown()),
  receivedAt: z.string(),
});
export type TraceSpan = z.infer<typeof TraceSpan>;
