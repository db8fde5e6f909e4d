import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { WalledTelemetry } from '../../../platform/practice.ts';
import { EVALUATION, findingsOf, type RawLog, type Value } from '../otlp/index.ts';
import type { Call } from '../scores/index.ts';
import { LogRecord } from './model.ts';

const values = z
  .record(z.string(), z.string())
  .transform((of) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, JSON.parse(value) as unknown])));

const Stored = LogRecord.extend({
  body: z.string().transform((text) => JSON.parse(text) as unknown),
  attributes: values,
  resource: values,
});

export interface LogFilter {
  traceId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}

/** The latest records, each once. */
export const latestLogs = ({ telemetry }: Context, { traceId, from, to, limit }: LogFilter) =>
  telemetry.rows(Stored)(
    `SELECT id, nullIf(trace_id, '') AS traceId, nullIf(span_id, '') AS spanId, at, name, severity, body, attributes, resource,
      scope_name AS scope, flags, received_at AS receivedAt
    FROM log_record WHERE client_id = {client:UUID} AND ({traceId:String} = '' OR trace_id = {traceId:String})
      AND at >= parseDateTime64BestEffort({from:String}, 6, 'UTC') AND at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
    ORDER BY log_record.at DESC, log_record.id LIMIT 1 BY log_record.id LIMIT {limit:UInt32}`,
    { traceId: traceId ?? '', from: from ?? '2000-01-01T00:00:00Z', to: to ?? '2200-01-01T00:00:00Z', limit },
  );

const Spoken = z.object({
  id: z.string(),
  at: z.string(),
  spanId: z.string(),
  name: z.string(),
  body: z.string(),
  attributes: z.record(z.string(), z.string()),
});

/** What the records of a trace say of its calls, in the order in which it was said. */
export async function spokenLogs({ telemetry }: Context, traceId: string, most: number): Promise<RawLog[]> {
  const ask = telemetry.rows(Spoken);
  const spoken = `SELECT id, toString(at) AS at, span_id AS spanId, name, body, attributes FROM log_record
    WHERE client_id = {client:UUID} AND trace_id = {traceId:String} AND span_id != '' AND startsWith(name, 'gen_ai.')`;
  // As they lie: to put a few in order costs the engine more than to read them.
  const lying = await ask(`${spoken} LIMIT {most:UInt32}`, { traceId, most });
  const rows =
    lying.length < most
      ? onceEach(lying)
      : await ask(`${spoken} ORDER BY log_record.at, id LIMIT 1 BY id LIMIT {most:UInt32}`, { traceId, most });
  return rows.map(({ spanId, name, body, attributes }) => ({
    ...nothing,
    traceId,
    spanId,
    name,
    body: JSON.parse(body) as Value,
    attributes: valuesOf(attributes),
  }));
}

const valuesOf = (attributes: Readonly<Record<string, string>>) =>
  new Map(Object.entries(attributes).map(([key, value]) => [key, JSON.parse(value) as Value]));

const Given = z.object({ responseId: z.string(), traceId: z.string(), spanId: z.string(), workflow: z.string().nullable() });
/** Answers in one question: they are in its address, which may not be as long as one likes. */
const MOST_ANSWERS = 1000;

/** The calls that began since then and gave these answers, by the answer's identifier. */
export async function callsThatGave(
  telemetry: WalledTelemetry,
  answers: readonly string[],
  since: Date,
): Promise<Map<string, Call>> {
  const rows = await telemetry.rows(Given)(
    `SELECT assumeNotNull(response_id) AS responseId, toString(trace_id) AS traceId, toString(span_id) AS spanId, workflow FROM span
    WHERE client_id = {client:UUID} AND started_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
      AND response_id IN {answers:Array(String)}
    ORDER BY costable DESC, started_at DESC LIMIT 1 BY response_id`,
    { answers: answers.slice(0, MOST_ANSWERS), since: since.toISOString() },
  );
  return new Map(rows.map(({ responseId, ...call }) => [responseId, call]));
}

const Evaluated = z.object({ atMs: z.number(), attributes: z.record(z.string(), z.string()) });

/** Scores in records that name no trace, of those received since then. */
export async function unplacedScores(telemetry: WalledTelemetry, since: Date) {
  const rows = await telemetry.rows(Evaluated)(
    `SELECT toUnixTimestamp64Micro(at) / 1000 AS atMs, attributes FROM log_record
    WHERE client_id = {client:UUID} AND name = '${EVALUATION}' AND trace_id = ''
      AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
    LIMIT 1 BY id LIMIT ${MOST_ANSWERS}`,
    { since: since.toISOString() },
  );
  return rows.flatMap(({ atMs, attributes }) => {
    const log = { ...nothing, traceId: '', spanId: '', name: EVALUATION, body: null, attributes: valuesOf(attributes) };
    return findingsOf([log]).scores.map((score) => ({ score, at: new Date(atMs) }));
  });
}

function onceEach(rows: readonly z.infer<typeof Spoken>[]) {
  const sorted = rows.toSorted((a, b) => compare(a.at, b.at) || placeOf(a) - placeOf(b) || compare(a.id, b.id));
  const seen = new Set<string>();
  return sorted.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Of what was said in the same microsecond, instructions come first and answers last. */
const placeOf = ({ name }: { name: string }) => (name === 'gen_ai.system.message' ? 0 : name === 'gen_ai.choice' ? 2 : 1);

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const nothing = {
  at: null,
  severity: 0,
  resource: { attributes: new Map<string, Value>() },
  scope: { name: '', version: '' },
  flags: [],
};
