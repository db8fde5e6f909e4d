import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import { ENDING } from '../telemetry/index.ts';
import { countEnds, findStop, listEndings, sampleLastWords, type Ends, type SideOfChange } from './endings-store.ts';
import type { Judgement } from './judge.ts';
import { openEnd, succeeded, type Metric } from './metrics.ts';
import { count } from './report/format.ts';
import { sampleTexts, type Dimension } from './store.ts';

/** Whether answers are cut off: as the provider says, and where most answers end like a finished text, as the texts show. */

/** How this log shows that an answer was cut off. */
export interface Endings {
  /** The provider says why each answer ended. */
  said: boolean;
  /** Where most answers end like a finished text, so that others stand out: in the whole log, or in these workflows (their hashes). */
  shown: 'all' | readonly string[];
  /** The log keeps no more of an answer than this many characters; those that it cut say nothing. */
  kept: number | null;
}

/** Before a habit may be told from a fault, this many answers of a fifth of the log must keep it … */
const FEWEST = 30;
/** … and no more than this share may not. */
const MOST_OPEN = 0.3;
const MOST_AT_STOP = 0.2;

export async function readEndings(
  store: ScratchTelemetry,
  { from, to, said }: { from: number | null; to: number | null; said: boolean },
): Promise<Endings> {
  const [stretches, stop] = await Promise.all([listEndings(store, { from, to }), findStop(store)]);
  const kept =
    stop &&
    stop.length === stop.longest &&
    stop.unfinished >= FEWEST &&
    stop.unfinished > stop.finished &&
    stop.unfinished >= MOST_AT_STOP * stop.of
      ? stop.length
      : null;
  const whole = [...new Set(stretches.map(({ stretch }) => stretch))].map((stretch) =>
    sum(stretches.filter((one) => one.stretch === stretch)),
  );
  const shown = whole.some(keepsEnds) ? 'all' : [...new Set(stretches.filter(keepsEnds).map(({ workflow }) => workflow))];
  return { said, shown, kept };
}

type Stretch = Pick<Awaited<ReturnType<typeof listEndings>>[number], 'finished' | 'unfinished'>;
const keepsEnds = ({ finished, unfinished }: Stretch) => finished >= FEWEST && unfinished <= MOST_OPEN * (finished + unfinished);
const sum = (list: readonly Stretch[]): Stretch => ({
  finished: list.reduce((total, { finished }) => total + finished, 0),
  unfinished: list.reduce((total, { unfinished }) => total + unfinished, 0),
});

export const showsEndings = ({ shown }: Endings) => shown === 'all' || shown.length > 0;

/** The metrics of the log: of cut-off answers as far as it shows them. */
export const withEndings = (list: readonly Metric[], endings: Endings): Metric[] =>
  list.flatMap((metric) => {
    if (metric.name !== 'truncated_rate') return [metric];
    const { said, shown, kept } = endings;
    if (!showsEndings(endings)) return said ? [metric] : [];
    const judged = shown === 'all' ? '1' : `cityHash64(workflow) in (${shown.join(', ')})`;
    const seen = `ending in (${ENDING.open}, ${ENDING.broken})${kept === null ? '' : ` and output_length != ${kept}`}`;
    const of = `has_output and ${succeeded}${said || shown === 'all' ? '' : ` and ${judged}`}`;
    return [{ ...metric, sql: `if(${of}, toFloat64(ending = ${ENDING.cut} or ${seen} and ${judged}), NULL)` }];
  });

export const aboutKept = ({ kept }: Endings): string[] =>
  kept === null
    ? []
    : [`The log keeps ${count(kept)} characters of an answer: that longer ones stop there says nothing of the answers.`];

/** Of the answers that stop, at least this share must show that something is missing; else they end so by habit. */
const LEAST_PROOF = 0.1;
/** A limit leaves answers of about one length, longer than those that end before it. */
const ONE_LENGTH = 1.35;
const FEWEST_AT_LIMIT = 20;

/**
 * Tells what was cut off from what goes without a full stop. A text that is cut ends anywhere: within a word, after "and the", in a
 * code block, or at one length. Answers of another style end where sentences end.
 */
export async function weighEndings(
  store: ScratchTelemetry,
  judgements: readonly Judgement[],
  dimensions: readonly Dimension[],
): Promise<Judgement[]> {
  const weighed: Judgement[] = [];
  for (const judgement of judgements) {
    weighed.push(judgement.metric.name === 'truncated_rate' ? await weigh(store, judgement, dimensions) : judgement);
  }
  return weighed;
}

async function weigh(store: ScratchTelemetry, judgement: Judgement, dimensions: readonly Dimension[]): Promise<Judgement> {
  const [before, after] = sidesOf(judgement, dimensions);
  const rose = (judgement.change ?? 0) > 0;
  const [low, high] = rose ? [before, after] : [after, before];
  const [few, many] = await Promise.all([countEnds(store, low), countEnds(store, high)]);
  const limit = limitOf(few, many);
  if (limit !== null) return { ...judgement, note: rose ? limit : undefined };
  const proof = await proofOf(store, few, many, high);
  if (proof >= LEAST_PROOF)
    return {
      ...judgement,
      ...(rose && { note: 'They stop within a word or a sentence, or leave a bracket or a code block open.' }),
    };
  const metric = { ...judgement.metric, ...openEnd };
  return { ...judgement, metric, direction: 'changed' };
}

function sidesOf(
  { at, until, window, segment, against }: Judgement,
  dimensions: readonly Dimension[],
): [SideOfChange, SideOfChange] {
  const [name, value] = Object.entries(segment)[0] ?? [];
  const sql = dimensions.find((dimension) => dimension.name === name)?.sql;
  const where = (of: string | undefined) => (sql === undefined || of === undefined ? null : { sql, value: of });
  if (at === null)
    return [
      { fromMs: null, toMs: null, where: where(against) },
      { fromMs: null, toMs: null, where: where(value) },
    ];
  return [
    { fromMs: window?.from ?? null, toMs: at, where: where(value) },
    { fromMs: until ?? at, toMs: window?.to ?? null, where: where(value) },
  ];
}

const stopped = ({ open, broken, said }: Ends) => open + broken + said;

/** A sentence about the limit at which answers stop, where they do; empty where the provider says so and no limit shows. */
function limitOf(few: Ends, many: Ends): string | null {
  const most = stopped(many);
  if (many.tokens !== null && many.at_tokens >= Math.max(FEWEST_AT_LIMIT, 0.5 * most))
    return `${count(100 * (many.at_tokens / most))} % of them stop at ${count(many.tokens)} tokens: a limit such as max_tokens ends them.`;
  // Where all answers are about as long, their length says nothing.
  const ends = many.longest_finished === null ? few : many;
  const alike = most >= FEWEST_AT_LIMIT && many.longest! <= ONE_LENGTH * many.shortest!;
  const differ = ends.longest_finished !== null && ends.longest_finished > ONE_LENGTH * ends.shortest_finished!;
  if (alike && differ && many.usual! >= 0.95 * ends.longest_finished!)
    return `They stop at about ${count(roughly(many.usual!))} characters: a limit such as max_tokens ends them.`;
  return many.said >= 0.5 * most ? '' : null;
}

const roughly = (length: number) => Number(length.toPrecision(2));

/** Of the answers that one side has more of without an end, the share that shows something is missing. */
async function proofOf(store: ScratchTelemetry, few: Ends, many: Ends, side: SideOfChange): Promise<number> {
  const excess = (of: (ends: Ends) => number) => of(many) / Math.max(1, many.rows) - of(few) / Math.max(1, few.rows);
  const all = excess(stopped);
  if (all <= 0) return 1;
  const within = await cutWords(store, side);
  return (excess(({ broken, said }) => broken + said) + (within * many.open) / Math.max(1, many.rows)) / all;
}

const FEWEST_WORDS = 20;

/** The share of answers with an open end that stop within a word or a clause, by the words of the log itself: no dictionary is asked. */
async function cutWords(store: ScratchTelemetry, side: SideOfChange): Promise<number> {
  const ends = await sampleLastWords(store, side);
  const texts = (await sampleTexts(store)).map(({ text }) => text);
  const pairs = ends.map((words) => words.toLowerCase().split(' ')).filter((pair) => pair.length === 2);
  const unspaced = ends.filter((words) => UNSPACED.test(words));
  const share = (found: number, of: readonly unknown[]) =>
    of.length < FEWEST_WORDS ? 0 : (found * of.length) / Math.max(1, ends.length);
  return share(withinWords(pairs, texts), pairs) + share(withinClauses(unspaced, texts), unspaced);
}

/** How many more of the last words than of the words before them are in no other answer. */
function withinWords(pairs: readonly string[][], texts: readonly string[]): number {
  // The last word of a text may be a piece of one itself.
  const known = new Set(
    texts.flatMap(
      (text) =>
        text
          .toLowerCase()
          .match(/[\p{L}\p{M}]+/gu)
          ?.slice(0, -1) ?? [],
    ),
  );
  const unknown = (at: 0 | 1) => pairs.filter((pair) => !known.has(pair[at]!)).length / pairs.length;
  return Math.max(0, unknown(1) - unknown(0));
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

/** Where words are not parted: the share whose last character stands before no full stop of the log. */
function withinClauses(ends: readonly string[], texts: readonly string[]): number {
  const last = new Set(texts.flatMap((text) => text.match(/[^\s。！？!?.](?=[。！？!?.])/gu) ?? []));
  return ends.filter((words) => !last.has(words.slice(-1))).length / ends.length;
}
