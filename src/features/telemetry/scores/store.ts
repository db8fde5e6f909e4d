import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { WalledTelemetry } from '../../../platform/practice.ts';
import { Score } from './model.ts';

const columns = `id, toString(trace_id) AS traceId, nullIf(span_id, '') AS spanId, workflow, name, value, label, explanation, source,
  at, received_at AS receivedAt`;

/** Of one answer. */
const MOST_SCORES = 20_000;

/** The scores of some traces, each as it was said last, the first first. */
export async function scoresOfTraces({ telemetry }: Pick<Context, 'telemetry'>, traceIds: readonly string[]): Promise<Score[]> {
  const ofThose = 'FROM score WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)}';
  const ask = telemetry.rows(Score);
  // As they lie: to put a few in order costs the engine more than to read them.
  const rows = await ask(`SELECT ${columns} ${ofThose} LIMIT ${MOST_SCORES + 1}`, { traceIds });
  if (rows.length <= MOST_SCORES) return lastOfEach(rows);
  return ask(
    `SELECT * FROM (SELECT ${columns} ${ofThose} ORDER BY received_at DESC LIMIT 1 BY trace_id, id)
    ORDER BY at, id LIMIT ${MOST_SCORES}`,
    { traceIds },
  );
}

function lastOfEach(rows: readonly Score[]): Score[] {
  const last = new Map<string, Score>();
  for (const row of rows) {
    const key = `${row.traceId} ${row.id}`;
    const other = last.get(key);
    if (!other || other.receivedAt < row.receivedAt) last.set(key, row);
  }
  return [...last.values()].sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id));
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

export interface ScoreFilter {
  traceId?: string | undefined;
  name?: string | undefined;
  source?: string | undefined;
  from: string;
  to: string;
  limit: number;
}

/** The latest scores that fit, each as it was said last. */
export const listScoreRows = ({ telemetry }: Context, { traceId, name, source, ...filter }: ScoreFilter) =>
  telemetry.rows(Score)(
    `SELECT * FROM (
      SELECT ${columns} FROM score
      WHERE client_id = {client:UUID} AND ({traceId:String} = '' OR toString(trace_id) = {traceId:String})
      ORDER BY received_at DESC LIMIT 1 BY trace_id, id
    )
    WHERE ({name:String} = '' OR name = {name:String}) AND ({source:String} = '' OR source = {source:String})
      AND at >= parseDateTime64BestEffort({from:String}, 6, 'UTC') AND at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
    ORDER BY at DESC, id LIMIT {limit:UInt32}`,
    { ...filter, traceId: traceId ?? '', name: name ?? '', source: source ?? '' },
  );

const Place = z.object({ workflow: z.string().nullable() });

/** The workflow of a trace, or of a span of it; nothing when it has not come yet. */
export async function findWorkflow({ telemetry }: Pick<Context, 'telemetry'>, traceId: string, spanId: string | null) {
  const [found] = await telemetry.rows(Place)(
    `SELECT workflow FROM span WHERE client_id = {client:UUID} AND trace_id = {traceId:String} AND workflow != ''
    ORDER BY toString(span_id) = {spanId:String} DESC, parent_span_id = '' DESC LIMIT 1`,
    { traceId, spanId: spanId ?? '' },
  );
  return found?.workflow ?? null;
}

const PlaceOfTrace = z.object({ traceId: z.string(), workflow: z.string() });

/** The workflows of these traces, as far as they have come. */
export async function findWorkflows({ telemetry }: Pick<Context, 'telemetry'>, traceIds: readonly string[]) {
  const found = await telemetry.rows(PlaceOfTrace)(
    `SELECT toString(trace_id) AS traceId, assumeNotNull(workflow) AS workflow FROM span
    WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)} AND span.workflow != ''
    ORDER BY parent_span_id = '' DESC LIMIT 1 BY trace_id`,
    { traceIds },
  );
  return new Map(found.map(({ traceId, workflow }) => [traceId, workflow]));
}

const Id = z.object({ id: z.string() });

/** Which of these scores are there. */
export async function keptScores(telemetry: WalledTelemetry, ids: readonly string[]): Promise<Set<string>> {
  const rows = await telemetry.rows(Id)('SELECT id FROM score WHERE client_id = {client:UUID} AND id IN {ids:Array(String)}', {
    ids,
  });
  return new Set(rows.map(({ id }) => id));
}
