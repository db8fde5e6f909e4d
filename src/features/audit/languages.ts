import type { Bucket } from '../../detect/index.ts';
import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import { near, type Judgement } from './judge.ts';
import type { Metric, Series } from './metrics.ts';
import { fromTo } from './report/format.ts';
import { languageAnswered, languageAsked, listLanguages } from './store.ts';

/** In which language answers are, and whether it is that of the question: another one is a fault, another question is none. */

type Counted = Awaited<ReturnType<typeof listLanguages>>[number];

export interface Languages {
  series: Series[];
  counted: readonly Counted[];
  /** The language that most answers have. */
  usual: string;
  /** The languages of the questions can be told. */
  known: boolean;
}

const english = new Intl.DisplayNames('en', { type: 'language' });
const nameOf = (code: string) => english.of(code) ?? code;

/** Of so many questions, and this share of them, the language must be known. */
const FEWEST_ASKED = 200;
const LEAST_ASKED = 0.3;

export async function readLanguages(store: ScratchTelemetry, bucketMs: number): Promise<Languages | null> {
  const counted = await listLanguages(store, bucketMs);
  const totals = sumBy(counted, ({ language }) => language);
  const usual = [...totals].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (usual === undefined) return null;
  const series: Series[] = [
    { metric: usualMetric(usual), segment: {}, buckets: bucketsOf(counted, ({ language }) => language === usual) },
  ];
  const asked = counted.filter((row) => row.asked !== '');
  const known = rowsOf(asked) >= Math.max(FEWEST_ASKED, LEAST_ASKED * rowsOf(counted));
  const matches = (row: Counted) => row.language === row.asked;
  // Who translates answers in another language, and is right.
  if (known && rowsOf(asked.filter(matches)) >= 0.5 * rowsOf(asked))
    series.push({ metric: matchMetric, segment: {}, buckets: bucketsOf(asked, matches) });
  return { series, counted, usual, known };
}

const usualMetric = (usual: string): Metric => ({
  name: 'language',
  plain: `answers in ${nameOf(usual)}`,
  sql: '',
  kind: 'rate',
  unit: 'rate',
  worse: null,
  shows: `${languageAnswered} not in ('', '${usual}')`,
});

const matchMetric: Metric = {
  name: 'language_match_rate',
  plain: 'answers in the language of the question',
  sql: '',
  kind: 'rate',
  unit: 'rate',
  worse: 'down',
  shows: `${languageAnswered} != '' and ${languageAsked} not in ('', ${languageAnswered})`,
};

const rowsOf = (list: readonly Counted[]) => list.reduce((sum, { n }) => sum + n, 0);

function sumBy(list: readonly Counted[], key: (row: Counted) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of list) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.n);
  return sums;
}

function bucketsOf(list: readonly Counted[], counts: (row: Counted) => boolean): Bucket[] {
  const buckets = new Map<number, Bucket>();
  for (const row of list) {
    const { n, sum } = buckets.get(row.at_ms) ?? { n: 0, sum: 0 };
    const hits = sum + (counts(row) ? row.n : 0);
    buckets.set(row.at_ms, { at: row.at_ms, n: n + row.n, sum: hits, sumSq: hits });
  }
  return [...buckets.values()];
}

/** Tells one change once, by what is wrong with it where something is, and says which languages moved. Pure. */
export function weighLanguages(judgements: readonly Judgement[], languages: Languages, bucketMs: number): Judgement[] {
  const faults = judgements.filter(({ metric }) => metric.name === matchMetric.name);
  return judgements.flatMap((judgement) => {
    const { name } = judgement.metric;
    if (name === matchMetric.name) return [{ ...judgement, note: gained(judgement, languages.counted) }];
    if (name !== 'language') return [judgement];
    if (faults.some((fault) => near(fault, judgement, 3 * bucketMs))) return [];
    return [againstQuestions(judgement, languages)];
  });
}

/** Answers that leave the one language they had, while the questions stay as they were, are a fault. */
function againstQuestions(judgement: Judgement, { counted, usual, known }: Languages): Judgement {
  const { at, change, before, after } = judgement;
  const language = gained(judgement, counted);
  const told = (sentence: string): Judgement => ({ ...judgement, note: language ? `${language} ${sentence}` : sentence });
  if (at === null || change === null || !known) return language === undefined ? judgement : { ...judgement, note: language };
  const [was, is] = sidesOf(judgement, counted).map((side) => {
    const known = side.filter(({ asked }) => asked !== '');
    return rowsOf(known.filter(({ asked }) => asked === usual)) / Math.max(1, rowsOf(known));
  }) as [number, number];
  const moved = (is - was) / change;
  if (moved >= MOVED) {
    const shares = fromTo(was, is, 'rate')?.replace(' → ', ' to ');
    return told(`The questions moved with them: those in ${nameOf(usual)} went from ${shares}.`);
  }
  if (Math.abs(moved) > STAYED || Math.max(before?.mean ?? 0, after?.mean ?? 0) < ONE_LANGUAGE)
    return told('The questions moved less.');
  return { ...told('The questions are in the languages they were in.'), direction: change < 0 ? 'worse' : 'better' };
}

/** This share of the change or more stands in the questions, too; up to that share none of it does. */
const MOVED = 0.5;
const STAYED = 0.2;
/** A log of answers in one language. */
const ONE_LANGUAGE = 0.8;

type Sides = [before: Counted[], after: Counted[]];
const sidesOf = ({ at, until, window }: Judgement, counted: readonly Counted[]): Sides => [
  counted.filter(({ at_ms }) => at_ms >= (window?.from ?? -Infinity) && at_ms < at!),
  counted.filter(({ at_ms }) => at_ms >= (until ?? at!) && at_ms < (window?.to ?? Infinity)),
];

const LEAST_GAIN = 0.02;

/** "More answers are in German (1 % → 38 %)." */
function gained(judgement: Judgement, counted: readonly Counted[]): string | undefined {
  if (judgement.at === null) return undefined;
  const [before, after] = sidesOf(judgement, counted);
  const shares = [before, after].map((side) => {
    const sums = sumBy(side, ({ language }) => language);
    return (code: string) => (sums.get(code) ?? 0) / Math.max(1, rowsOf(side));
  });
  const rise = (code: string) => shares[1]!(code) - shares[0]!(code);
  const most = [...new Set(counted.map(({ language }) => language))].sort((a, b) => rise(b) - rise(a))[0]!;
  if (rise(most) < LEAST_GAIN) return undefined;
  return `More answers are in ${nameOf(most)} (${fromTo(shares[0]!(most), shares[1]!(most), 'rate')}).`;
}
