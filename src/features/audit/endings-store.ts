import { z } from 'zod';
import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import { ENDING, lastWords } from '../telemetry/index.ts';
import { succeeded } from './metrics.ts';
import type { Dimension } from './store.ts';

/** What the audit asks of the table `call` about how answers end. */

const LIMIT = { timeoutMs: 300_000 };
const { finished, open, broken, cut } = ENDING;
const STRETCHES = 5;

const MOST_WORKFLOWS = 100;

/** How many answers end like a finished text, and how many do not, in each fifth of the time of the log, by workflow (its hash). */
export const listEndings = (store: ScratchTelemetry, { from, to }: { from: number | null; to: number | null }) =>
  store.rows(z.object({ stretch: z.number(), workflow: z.string(), finished: z.number(), unfinished: z.number() }))(
    `select ${
      from === null || to === null
        ? '0'
        : `least(${STRETCHES - 1}, intDiv((toUnixTimestamp64Milli(assumeNotNull(at)) - ${from}) * ${STRETCHES}, ${Math.max(1, to - from)}))`
    } as stretch, toString(cityHash64(workflow)) as workflow, countIf(ending = ${finished}) as finished, countIf(ending in (${open}, ${broken})) as unfinished
     from call where reject = '' and ${succeeded} group by stretch, call.workflow order by count() desc limit ${MOST_WORKFLOWS * STRETCHES}`,
    {},
    LIMIT,
  );

/** The one length at which most answers without an end stop, with those that end there, and the longest answer. */
export async function findStop(store: ScratchTelemetry) {
  const [row] = await store.rows(
    z.object({ length: z.number(), unfinished: z.number(), finished: z.number(), longest: z.number(), of: z.number() }),
  )(
    `select output_length as length, countIf(ending in (${open}, ${broken})) as unfinished, countIf(ending = ${finished}) as finished,
       (select max(output_length) from call where reject = '' and ${succeeded}) as longest,
       (select countIf(ending in (${open}, ${broken})) from call where reject = '' and ${succeeded}) as of
     from call where reject = '' and ${succeeded} and ending != ${ENDING.unknown} group by length order by unfinished desc limit 1`,
    {},
    LIMIT,
  );
  return row;
}

/** Rows of one side of a change. */
export interface SideOfChange {
  fromMs: number | null;
  toMs: number | null;
  where: { sql: Dimension['sql']; value: string } | null;
}

const Ends = z.object({
  rows: z.number(),
  open: z.number(),
  broken: z.number(),
  said: z.number(),
  /** Of answers that stop: how long they are. */
  shortest: z.number().nullable(),
  usual: z.number().nullable(),
  longest: z.number().nullable(),
  /** Of answers that end: the length that nine of ten pass, and the one that nineteen of twenty keep. */
  shortest_finished: z.number().nullable(),
  longest_finished: z.number().nullable(),
  tokens: z.number().nullable(),
  at_tokens: z.number(),
});
export type Ends = z.infer<typeof Ends>;

const within = ({ fromMs, toMs, where }: SideOfChange) => ({
  sql: `reject = '' and ${succeeded} ${fromMs === null ? '' : 'and at >= fromUnixTimestamp64Milli({from:Int64})'}
    ${toMs === null ? '' : 'and at < fromUnixTimestamp64Milli({to:Int64})'} ${where ? `and ${where.sql} = {value:String}` : ''}`,
  params: { from: Math.round(fromMs ?? 0), to: Math.round(toMs ?? 0), value: where?.value ?? '' },
});

/** How the answers of one side end. */
export async function countEnds(store: ScratchTelemetry, side: SideOfChange): Promise<Ends> {
  const { sql, params } = within(side);
  const stops = `ending >= ${open}`;
  const [row] = await store.rows(Ends)(
    `select count() as rows, countIf(ending = ${open}) as open, countIf(ending = ${broken}) as broken, countIf(ending = ${cut}) as said,
       nullIf(quantileIf(0.1)(toFloat64(output_length), ${stops}), nan) as shortest,
       nullIf(quantileIf(0.5)(toFloat64(output_length), ${stops}), nan) as usual,
       nullIf(quantileIf(0.9)(toFloat64(output_length), ${stops}), nan) as longest,
       nullIf(quantileIf(0.1)(toFloat64(output_length), ending = ${finished}), nan) as shortest_finished,
       nullIf(quantileIf(0.95)(toFloat64(output_length), ending = ${finished}), nan) as longest_finished,
       topKIf(1)(output_tokens, ${stops} and isNotNull(output_tokens))[1] as tokens, countIf(${stops} and output_tokens = tokens_most) as at_tokens
     from call, (select topKIf(1)(assumeNotNull(output_tokens), ${stops} and isNotNull(output_tokens))[1] as tokens_most from call where ${sql}) as most
     where ${sql}`,
    params,
    LIMIT,
  );
  return row!;
}

const SAMPLED = 1000;

/** The last two words of answers with an open end; of some nothing is a word. */
export async function sampleLastWords(store: ScratchTelemetry, side: SideOfChange): Promise<string[]> {
  const { sql, params } = within(side);
  const rows = await store.rows(z.object({ words: z.string() }))(
    `select ${lastWords(`if(output_end = '', output, output_end)`)} as words from call
     prewhere (file, row) in (
       select file, row from call where ${sql} and ending = ${open} order by cityHash64(file, row) limit ${2 * SAMPLED})
     where words != '' order by cityHash64(file, row) limit ${SAMPLED}`,
    params,
    LIMIT,
  );
  return rows.map(({ words }) => words);
}
