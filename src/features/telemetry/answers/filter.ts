import { z } from 'zod';
import { invalid } from '../../../platform/problem.ts';
import { saysAttribute } from '../ingest/said.ts';

/** Which telemetry is asked about: the fields that lists and charts share, and what they mean in SQL. */

export const time = z.iso.datetime({ offset: true });
const word = z.string().min(1).max(500);

/** Fields that rollups know: a chart filtered by them alone reads no span. */
const ofRollups = {
  workflow: word.optional().describe('Of this workflow.'),
  model: word.optional().describe('Answered by this model.'),
  environment: word.optional(),
};

export const filterFields = {
  ...ofRollups,
  user: word.optional().describe('Of this end user, by the id that telemetry gives.'),
  session: word.optional().describe('Of this conversation or session.'),
  promptVersion: word.optional(),
  status: z.enum(['ok', 'error']).optional().describe('error: with a span that failed. ok: without one.'),
  minDurationMs: z.coerce.number().min(0).optional().describe('With a span that took at least so long.'),
  minCostUsd: z.coerce.number().min(0).optional().describe('That cost at least so much.'),
  search: z.string().trim().min(2).max(200).optional().describe('With this text in a name, an input, an output or an error.'),
  scoreName: word.optional().describe('With a score of this name.'),
  scoreBelow: z.coerce.number().optional().describe('With a score (of that name, if one is given) below this.'),
  attribute: z
    .string()
    .regex(/^[^=]{1,200}=.{1,500}$/s, 'An attribute is asked for as name=value.')
    .optional()
    .describe('With this attribute, as name=value.'),
};

export const Filter = z.object(filterFields);
export type Filter = z.infer<typeof Filter>;
export const filterNames = Object.keys(filterFields) as (keyof Filter)[];

/** A condition on one span; a trace fits when one of its spans does. */
export interface Condition {
  sql: string;
  params: Record<string, unknown>;
  /** How spans that fit are found: by an index, as few have that value; by reading their texts. Else by reading one column. */
  by?: 'index' | 'texts';
}

const searched = ['name', 'input', 'output', 'status_message'];

/**
 * What a filter asks of the spans of a trace. They may be different spans: the user stands on the first, the model on another.
 * What few traces have comes first, as it is looked up first.
 */
export function conditionsOf(filter: Filter): Condition[] {
  const { session, user, attribute, search, promptVersion, model, workflow, environment, status, minDurationMs } = filter;
  const is = (column: string, name: string, value: string | undefined): Condition[] =>
    value === undefined ? [] : [{ sql: `${column} = {${name}:String}`, params: { [name]: value } }];
  const byIndex = (of: Condition[]) => of.map((condition): Condition => ({ ...condition, by: 'index' }));
  return [
    ...byIndex(is('session', 'session', session)),
    ...byIndex(is('user', 'user', user)),
    ...(attribute === undefined ? [] : byIndex([withAttribute(attribute)])),
    ...(search === undefined ? [] : [withText(search)]),
    ...scoreOf(filter),
    ...is('prompt_version', 'promptVersion', promptVersion),
    ...(status === 'error' ? [{ sql: `status = 'error'`, params: {} }] : []),
    ...(minDurationMs === undefined ? [] : [{ sql: 'duration_ms >= {minDurationMs:Float64}', params: { minDurationMs } }]),
    ...is('model', 'model', model),
    ...is('environment', 'environment', environment),
    ...is('workflow', 'workflow', workflow),
  ];
}

function withAttribute(asked: string): Condition {
  const at = asked.indexOf('=');
  return saysAttribute(asked.slice(0, at), asked.slice(at + 1));
}

function withText(search: string): Condition {
  const found = searched.map((column) => `positionCaseInsensitiveUTF8(ifNull(${column}, ''), {search:String}) > 0`);
  return {
    sql: `(trace_id = {searchId:String} OR ${found.join(' OR ')})`,
    params: { search, searchId: idOf(search) },
    by: 'texts',
  };
}

const idOf = (search: string) => (/^[\da-f]{32}$/i.test(search) ? search.toLowerCase() : '-'.repeat(32));

function scoreOf({ scoreName, scoreBelow }: Filter): Condition[] {
  if (scoreName === undefined && scoreBelow === undefined) return [];
  return [
    {
      sql: `trace_id IN (SELECT trace_id FROM score FINAL WHERE client_id = {client:UUID} AND value < {scoreBelow:Float64}
        AND ({scoreName:String} = '' OR name = {scoreName:String}))`,
      params: { scoreName: scoreName ?? '', scoreBelow: scoreBelow ?? Number.MAX_VALUE },
    },
  ];
}

/** Where a list goes on: the time and the id of its last line. Opaque to whoever passes it back. */
export interface Cursor {
  at: string;
  id: string;
}

const CursorJson = z.tuple([z.iso.datetime({ offset: true }), z.string().max(2000)]);

export const cursorField = z.string().max(4000).optional().describe('Where to go on: `next` of the answer before.');
export const nextField = z
  .string()
  .nullable()
  .describe('Pass it as `before` for the following ones; nothing when there are none.');

export const writeCursor = ({ at, id }: Cursor) => Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** Throws `invalid`. A time is taken as well: what began before it. */
export function readCursor(text: string): Cursor {
  if (time.safeParse(text).success) return { at: text, id: '' };
  try {
    const [at, id] = CursorJson.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at, id };
  } catch {
    throw invalid('"before" is neither a time nor the "next" of an earlier answer.');
  }
}
