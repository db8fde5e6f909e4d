import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { HOUR_MS } from '../../../platform/clock.ts';
import { rememberByClient } from '../../../platform/remember.ts';
import { spoken, Stored } from '../ingest/said.ts';
import { TraceSpan } from '../model.ts';
import { plausibleUsd } from '../otlp/index.ts';
import { conditionsOf, type Condition, type Cursor, type Filter } from './filter.ts';
import type { Window } from './windows.ts';

/** What lists of traces ask of the table of spans. It is sorted by client, hour and trace: each question says which hours. */

/** The spans of a trace are looked for as long before and after the one that was found. */
export const BEFORE_MS = HOUR_MS;
export const AFTER_MS = 6 * HOUR_MS;

/** SQL of a time that is a parameter. */
export const timeOf = (name: string) => `parseDateTime64BestEffort({${name}:String}, 6, 'UTC')`;
/** Before and after every time that a span may bear. */
const EVER = [Date.parse('2000-01-01T00:00:00Z'), Date.parse('2200-01-01T00:00:00Z')] as const;
export const isoOf = (ms: number) => new Date(Math.min(EVER[1], Math.max(EVER[0], ms))).toISOString();

/** The spans of the client that fit, each once: what was sent again, or priced again, as it came last. */
export const spansWhere = (where: string) =>
  `(SELECT * FROM span WHERE client_id = {client:UUID} AND ${where} ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id)`;

/**
 * The same, of which only those are read that fit or took the place of others: what fitted before it was sent again, and does no
 * longer, is left out.
 */
export const lastSpansWhere = (times: string, condition: string) =>
  `(SELECT * FROM ${spansWhere(`${times} AND ((${condition}) OR resent)`)} WHERE ${condition})`;

/** SQL of the traces with a span that fits as it came last. Only of traces that have spans that were sent again the last are looked for. */
export function tracesWith(times: string, condition: string): string {
  const hours = `client_id = {client:UUID} AND ${times}`;
  const doubtful = `(SELECT trace_id FROM span WHERE ${hours} AND resent)`;
  return `(SELECT trace_id FROM span WHERE ${hours} AND (${condition}) AND trace_id NOT IN ${doubtful}
    UNION ALL SELECT trace_id FROM ${spansWhere(`${times} AND trace_id IN ${doubtful}`)} WHERE ${condition})`;
}

/** The last time that rollups can tell. */
const MOST_MS = Date.parse('2106-01-01T00:00:00Z');
/** A stretch of time as rollups are asked for it. */
export const secondsOf = ({ fromMs, toMs }: Window) => ({
  fromS: Math.floor(Math.min(MOST_MS, Math.max(0, fromMs)) / 1000),
  toS: Math.ceil(Math.min(MOST_MS, Math.max(0, toMs)) / 1000),
});

const Times = z.object({
  first: z.string().nullable(),
  last: z.string().nullable(),
  summedUntil: z.string(),
  runs: z.number().nullable(),
});

/** Where the spans of a client lie in time, and about how many runs an hour has now. */
interface Times extends Window {
  runsAnHour: number;
}

/** When the client's first and last spans were, about; nothing when there are none. Read from both ends of the sorting key. */
async function askTimesOfSpans({ telemetry }: Pick<Context, 'telemetry'>): Promise<Times | null> {
  const end = (order: string) =>
    `(SELECT started_at FROM span WHERE client_id = {client:UUID}
      ORDER BY client_id ${order}, toStartOfHour(started_at) ${order} LIMIT 1)`;
  const sums = 'FROM run_all_hour WHERE client_id = {client:UUID}';
  const [row] = await telemetry.rows(Times)(
    `SELECT ${end('ASC')} AS first, ${end('DESC')} AS last, (SELECT max(last_at) ${sums}) AS summedUntil,
      (SELECT max(started) FROM (SELECT sum(timed) AS started ${sums} GROUP BY at ORDER BY at DESC LIMIT 2)) AS runs`,
  );
  if (!row?.first || !row.last) return null;
  // To the hour; the sums know it exactly where they are of the same spans.
  const [lastMs, summedMs] = [Date.parse(row.last), Date.parse(row.summedUntil)];
  const toMs = Math.abs(summedMs - lastMs) < HOUR_MS ? summedMs + 1 : lastMs + HOUR_MS;
  return { fromMs: Date.parse(row.first) - HOUR_MS, toMs, runsAnHour: row.runs ?? 0 };
}

/** The same, as it was a few seconds ago: where to begin to look, and not where to stop. */
export const timesOfSpans = rememberByClient(askTimesOfSpans);

const Fitting = z.object({ traceId: z.string(), startedAt: z.string() });
/** A trace that fits, and when its first span of that kind began. */
export type Fitting = z.infer<typeof Fitting>;

/** The latest traces of a stretch of time, before the cursor. */
export function fittingTraces(
  { telemetry }: Context,
  filter: Filter,
  { fromMs, toMs }: Window,
  cursor: Cursor | null,
  limit: number,
): Promise<Fitting[]> {
  const conditions = conditionsOf(filter);
  const texts = conditions.filter(({ by }) => by === 'texts').map(({ sql }) => sql);
  // Which traces there are at all is read from less than what they are.
  const table = conditions.length === 0 && filter.status === undefined && filter.minCostUsd === undefined ? 'span_line' : 'span';
  const ofTraces = tracesThat(
    conditions.filter(({ by }) => by !== 'texts'),
    filter,
  );
  // Texts are read last, of traces that fit in all else. Ids as text: a set of many ids costs more as a question to an index than the
  // rows that it spares.
  const { reads, where, having, startedAt } =
    texts.length === 0 || ofTraces.having.length === 0
      ? { ...ofTraces, where: [...ofTraces.where, ...texts] }
      : {
          ...ofTraces,
          reads: hours,
          where: [
            ...texts,
            `toString(trace_id) IN (SELECT toString(trace_id) FROM span WHERE ${[around, ...ofTraces.where].join(' AND ')}
              GROUP BY trace_id HAVING ${ofTraces.having.join(' AND ')})`,
          ],
          having: [],
          startedAt: 'min(started_at)',
        };
  const params = Object.assign({}, ...conditions.map((condition) => condition.params)) as Record<string, unknown>;
  return telemetry.rows(Fitting)(
    `SELECT toString(trace_id) AS traceId, ${startedAt} AS startedAt FROM ${table} WHERE ${[reads, ...where].join(' AND ')}
    GROUP BY trace_id
    HAVING ${having.map((sql) => `${sql} AND `).join('')}startedAt >= ${timeOf('from')}
      AND (startedAt < ${timeOf('cursorAt')} OR (startedAt = ${timeOf('cursorAt')} AND trace_id < {cursorId:String}))
    ORDER BY startedAt DESC, trace_id DESC LIMIT {limit:UInt32}`,
    {
      ...params,
      lookFrom: isoOf(fromMs - BEFORE_MS),
      from: isoOf(fromMs),
      to: isoOf(toMs),
      lookTo: isoOf(toMs + BEFORE_MS),
      minCostUsd: filter.minCostUsd,
      cursorAt: cursor?.at ?? isoOf(Infinity),
      cursorId: cursor?.id ?? '',
      limit,
    },
  );
}

// A trace belongs to the stretch in which it begins, so those that began just before are looked at as well.
const hours = `client_id = {client:UUID} AND started_at >= ${timeOf('lookFrom')} AND started_at < ${timeOf('to')}`;
/** Where the other spans of a trace may be that is in these hours. */
const around = `client_id = {client:UUID} AND started_at >= ${timeOf('lookFrom')} AND started_at < ${timeOf('lookTo')}`;

/**
 * SQL that finds the traces whose spans fulfil each condition in one reading: of all spans that say something of any. What comes
 * first says when a trace began.
 */
function tracesThat(conditions: readonly Condition[], { status, minCostUsd }: Filter) {
  const first = conditions[0]?.sql;
  const further = [
    // What failed may have been sent again since: `stillFits` knows.
    ...(status === 'ok'
      ? [{ speaks: `(status = 'error' OR resent)`, having: `(countIf(status = 'error') = 0 OR countIf(resent) > 0)` }]
      : []),
    ...(minCostUsd === undefined ? [] : [{ speaks: 'costable', having: 'sumIf(cost_usd, costable) >= {minCostUsd:Float64}' }]),
  ];
  const having = [...conditions.map(({ sql }) => `countIf(${sql}) > 0`), ...further.map((one) => one.having)];
  // Of all traces, where nothing is asked for that a span must say.
  if (first === undefined)
    return having.length === 0
      ? { reads: hours, where: [], having, startedAt: 'min(started_at)' }
      : { reads: around, where: [], having, startedAt: startOfThose('1') };
  const speaking = [...conditions.map(({ sql }) => sql), ...further.map(({ speaks }) => speaks)];
  if (speaking.length === 1) return { reads: hours, where: [first], having, startedAt: 'min(started_at)' };
  // An index finds nothing in an OR, so its traces are named first.
  const named = conditions
    .filter(({ by }) => by === 'index')
    .map(({ sql }) => `trace_id IN (SELECT trace_id FROM span WHERE ${around} AND ${sql})`);
  return { reads: around, where: [...named, `(${speaking.join(' OR ')})`], having, startedAt: startOfThose(first) };
}

const startOfThose = (condition: string) => `minIf(started_at, ${condition} AND started_at < ${timeOf('to')})`;

/** A span without its texts and attributes: what lists and sums are made of. */
export interface BriefSpan extends Pick<
  TraceSpan,
  | 'spanId'
  | 'parentSpanId'
  | 'name'
  | 'workflow'
  | 'startedAt'
  | 'durationMs'
  | 'status'
  | 'provider'
  | 'model'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'user'
  | 'session'
  | 'environment'
> {
  traceId: string;
  receivedAt: string;
  traceName: string | null;
  givenCostUsd: number | null;
  costable: boolean;
}

const Sketched = z.object({ traceId: z.string(), receivedAt: z.string(), line: z.string() });

const SEPARATOR = '\u001F';
const FIELDS = 20;
type Nine = [string, string, string, string, string, string, string, string, string];
type Fields = [...Nine, ...Nine, string, string];
const textOf = (field: string) => (field === '' ? null : field);
const numberOf = (field: string) => (field === '' ? null : Number(field));

/**
 * A line of a list, its fields in the order of migrations/0081_span_line.sql. By hand: a schema of each field took most of the time of
 * a list.
 */
function briefOf({ traceId, receivedAt, line }: z.infer<typeof Sketched>): BriefSpan {
  const of = line.split(SEPARATOR);
  if (of.length !== FIELDS) throw new Error(`A line of span_line has ${of.length} fields.`);
  const [spanId, parent, name, workflow, started, duration, status, provider, model, ...more] = of as Fields;
  const [input, cached, written, output, reasoning, user, session, environment, traceName, cost, costable] = more;
  return {
    traceId,
    receivedAt,
    spanId,
    parentSpanId: textOf(parent),
    name,
    workflow: textOf(workflow),
    // As the engine turns a time into a text, in UTC.
    startedAt: `${started.replace(' ', 'T')}Z`,
    durationMs: numberOf(duration),
    status: status === 'error' ? 'error' : 'ok',
    provider: textOf(provider),
    model: textOf(model),
    inputTokens: numberOf(input),
    cachedInputTokens: numberOf(cached),
    cacheWriteTokens: numberOf(written),
    outputTokens: numberOf(output),
    reasoningTokens: numberOf(reasoning),
    user: textOf(user),
    session: textOf(session),
    environment: textOf(environment),
    traceName: textOf(traceName),
    givenCostUsd: plausibleUsd(numberOf(cost)),
    costable: costable === 'true',
  };
}

const briefly = (rows: readonly z.infer<typeof Sketched>[], most: number) => eachOnce(rows.map(briefOf), most);

/** Rows as they lie: to order them and to leave out those that another took the place of costs the engine more than reading them. */
const lines = (where: string) => `SELECT toString(trace_id) AS traceId, received_at AS receivedAt, line FROM span_line
  WHERE client_id = {client:UUID} AND ${where} LIMIT {most:UInt32}`;

/** The rows of some traces, found by the sorting key of span: trace_hour says where they are. */
const ofTraces = `(toStartOfHour(started_at), trace_id) IN
  (SELECT hour, trace_id FROM trace_hour WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)})`;

const fromSpans = `SELECT toString(trace_id) AS traceId, received_at AS receivedAt,
  concatWithSeparator('\\x1f', toString(span_id), parent_span_id, replaceAll(name, '\\x1f', ' '),
    replaceAll(ifNull(workflow, ''), '\\x1f', ' '), toString(started_at), ifNull(toString(duration_ms), ''), status,
    replaceAll(ifNull(provider, ''), '\\x1f', ' '), replaceAll(ifNull(model, ''), '\\x1f', ' '), ifNull(toString(input_tokens), ''),
    ifNull(toString(cached_input_tokens), ''), ifNull(toString(cache_write_tokens), ''), ifNull(toString(output_tokens), ''),
    ifNull(toString(reasoning_tokens), ''), replaceAll(ifNull(user, ''), '\\x1f', ' '),
    replaceAll(ifNull(session, ''), '\\x1f', ' '), replaceAll(ifNull(environment, ''), '\\x1f', ' '),
    replaceAll(ifNull(trace_name, ''), '\\x1f', ' '), ifNull(toString(cost_usd), ''), toString(costable)) AS line
  FROM span WHERE client_id = {client:UUID} AND ${ofTraces} LIMIT {most:UInt32}`;

/** All spans of some traces, each once, without their texts and attributes; the first come first. As many as `most`: not all. */
export const briefSpans = async ({ telemetry }: Context, traceIds: readonly string[], most: number) =>
  briefly(await telemetry.rows(Sketched)(fromSpans, { traceIds, most }), most);

/** Traces that lie further apart are looked for one by one, and not by the time around them. */
const FAR_MS = 12 * HOUR_MS;

/** The same; of traces that lie close together, what is about the times at which they were found. */
export async function briefSpansAround(ctx: Context, found: readonly Fitting[], most: number) {
  const times = found.map(({ startedAt }) => Date.parse(startedAt));
  const [firstMs, lastMs] = [Math.min(...times), Math.max(...times)];
  const traceIds = found.map(({ traceId }) => traceId);
  if (lastMs - firstMs > FAR_MS) return briefSpans(ctx, traceIds, most);
  const around = `started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')} AND trace_id IN {traceIds:Array(String)}`;
  const rows = await ctx.telemetry.rows(Sketched)(lines(around), {
    traceIds,
    from: isoOf(firstMs - BEFORE_MS),
    to: isoOf(lastMs + AFTER_MS),
    most,
  });
  return briefly(rows, most);
}

/** The spans of the latest traces of a stretch that reaches to the end, found and read at once: of all traces, as nothing is asked for. */
export const latestBriefSpans = async ({ telemetry }: Context, fromMs: number, limit: number, most: number) =>
  briefly(
    await telemetry.rows(Sketched)(
      lines(`started_at >= ${timeOf('from')} AND trace_id IN (
        SELECT trace_id FROM span_line WHERE client_id = {client:UUID} AND started_at >= ${timeOf('lookFrom')}
        GROUP BY trace_id HAVING min(started_at) >= ${timeOf('from')} ORDER BY min(started_at) DESC, trace_id DESC LIMIT {limit:UInt32}
      )`),
      { lookFrom: isoOf(fromMs - BEFORE_MS), from: isoOf(fromMs), limit, most },
    ),
    most,
  );

interface Sent {
  traceId?: string;
  spanId: string;
  startedAt: string;
  receivedAt: string;
}

/** Of what was sent again, or priced again, the last; in order of time. Where there are more than were read, as they came. */
export function eachOnce<S extends Sent>(rows: readonly S[], most: number): readonly S[] {
  if (rows.length >= most) return rows;
  const last = new Map<string, S>();
  for (const row of rows) {
    const key = keyOf(row);
    const other = last.get(key);
    if (!other || other.receivedAt < row.receivedAt) last.set(key, row);
  }
  return [...last.values()].sort((a, b) => compare(a.startedAt, b.startedAt) || compare(keyOf(a), keyOf(b)));
}

const keyOf = ({ spanId, traceId = '' }: Sent) => spanId + traceId;
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** The rows of one trace, found by the sorting key: trace_hour says where they are. */
const ofTrace = `trace_id = {traceId:String} AND toStartOfHour(started_at) IN
  (SELECT hour FROM trace_hour WHERE client_id = {client:UUID} AND trace_id = {traceId:String})`;

const json = <S extends z.ZodType>(shape: S) => z.string().transform((value): z.infer<S> => shape.parse(JSON.parse(value)));
const attributes = z
  .record(z.string(), z.string())
  .transform((of) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, JSON.parse(value) as unknown])));

/** Events are kept with their time as two numbers, as one cannot hold nanoseconds. */
const KeptTime = z.object({ ms: z.number(), ns: z.number() });
const StoredEvent = z.looseObject({
  at: KeptTime.transform(({ ms, ns }) =>
    new Date(ms).toISOString().replace('Z', `${String(Math.floor(ns / 1000)).padStart(3, '0')}Z`),
  )
    .nullable()
    .catch(null),
});

const StoredSpan = TraceSpan.omit({ scores: true })
  .extend({
    traceName: z.string().nullable(),
    costUsd: z.number().nullable().transform(plausibleUsd),
    costable: z.boolean(),
    events: json(z.array(StoredEvent)),
    links: json(TraceSpan.shape.links),
    attributes: Stored,
    resource: attributes,
  })
  .transform((span) => ({ ...span, attributes: spoken(span.attributes, span) }));
export type StoredSpan = z.infer<typeof StoredSpan>;

const wholly = `SELECT toString(span_id) AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name, kind, workflow,
  started_at AS startedAt, duration_ms AS durationMs, status, status_message AS statusMessage, provider,
  request_model AS requestModel, model, input_tokens AS inputTokens, cached_input_tokens AS cachedInputTokens,
  cache_write_tokens AS cacheWriteTokens, output_tokens AS outputTokens, reasoning_tokens AS reasoningTokens,
  cost_usd AS costUsd, cost_source AS costSource, user, session, environment, release, version, service, tags,
  prompt_name AS promptName, prompt_version AS promptVersion, response_id AS responseId, input, output,
  finish_reasons AS finishReasons, time_to_first_token_ms AS timeToFirstTokenMs, flags, attributes, resource, events, links,
  received_at AS receivedAt, trace_name AS traceName, costable
  FROM span WHERE client_id = {client:UUID} AND ${ofTrace}`;

/** The first spans of a trace, with all that is known of them. */
export async function wholeSpans({ telemetry }: Context, traceId: string, most: number): Promise<readonly StoredSpan[]> {
  const ask = telemetry.rows(StoredSpan);
  const rows = await ask(`${wholly} LIMIT {most:UInt32}`, { traceId, most });
  if (rows.length < most) return eachOnce(rows, most);
  return ask(
    `SELECT * FROM (${wholly} ORDER BY received_at DESC LIMIT 1 BY span_id) ORDER BY startedAt, spanId LIMIT {most:UInt32}`,
    { traceId, most },
  );
}
