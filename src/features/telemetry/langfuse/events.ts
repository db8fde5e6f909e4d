import { toUSVString } from 'node:util';
import { z } from 'zod';
import { isPlausibleTime, TIME_REFUSED } from '../otlp/index.ts';
import { ScoreNumber } from '../scores/index.ts';

/** What Langfuse's clients send to /api/public/ingestion. Fields that no reader here needs are left out. */

const id = z.string().min(1).max(500);
const text = z.string().transform((given) => toUSVString(given));
const time = z.string().refine((given) => !Number.isNaN(Date.parse(given)), 'not a time');
const some = <S extends z.ZodType>(shape: S) => shape.nullish();
const numbers = z.record(z.string(), z.unknown());

export const TraceBody = z.object({
  id,
  timestamp: some(time),
  name: some(text),
  userId: some(text),
  sessionId: some(text),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  metadata: z.unknown().optional(),
  tags: some(z.array(text).max(1000)),
  release: some(text),
  version: some(text),
  environment: some(text),
});

export const ObservationBody = z.object({
  id,
  traceId: some(id),
  type: some(text),
  name: some(text),
  startTime: some(time),
  endTime: some(time),
  completionStartTime: some(time),
  parentObservationId: some(id),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  metadata: z.unknown().optional(),
  level: some(text),
  statusMessage: some(text),
  version: some(text),
  environment: some(text),
  model: some(text),
  modelParameters: z.unknown().optional(),
  usage: some(numbers),
  usageDetails: some(numbers),
  costDetails: some(numbers),
  promptName: some(text),
  promptVersion: some(z.union([z.number(), text])),
});

export const ScoreBody = z.object({
  id: some(z.string().min(1).max(200)),
  traceId: some(id),
  observationId: some(id),
  name: text.pipe(z.string().min(1).max(200)),
  value: z.union([ScoreNumber, z.boolean(), text.pipe(z.string().min(1).max(500))]),
  dataType: some(z.string()),
  comment: some(text),
  source: some(z.string()),
  timestamp: some(time.refine((given) => isPlausibleTime(Date.parse(given)), TIME_REFUSED)),
});
export type TraceBody = z.infer<typeof TraceBody>;
export type ObservationBody = z.infer<typeof ObservationBody>;
export type ScoreBody = z.infer<typeof ScoreBody>;

const envelope = { id: z.string().max(500), timestamp: time };
const observation = <T extends string>(type: T) => z.object({ ...envelope, type: z.literal(type), body: ObservationBody });

export const Event = z.discriminatedUnion('type', [
  z.object({ ...envelope, type: z.literal('trace-create'), body: TraceBody }),
  z.object({ ...envelope, type: z.literal('score-create'), body: ScoreBody }),
  observation('span-create'),
  observation('span-update'),
  observation('generation-create'),
  observation('generation-update'),
  observation('event-create'),
]);
export type Event = z.infer<typeof Event>;
export type ObservationEvent = Exclude<Event, { type: 'trace-create' | 'score-create' }>;
