import { setImmediate as nextTurn } from 'node:timers/promises';
import { changedWords, hashNgrams, textChanges, type TextChange } from '../../detect/index.ts';
import { HOUR_MS } from '../../platform/clock.ts';
import type { Context } from '../../platform/context.ts';
import { invalid } from '../../platform/problem.ts';
import { openScratchTelemetry, type ScratchTelemetry } from '../../stores/telemetry/index.ts';
import { importLogs, openLogFile, scoresBeside, type Field, type Imported, type LogFile } from '../telemetry/index.ts';
import { judgeAllCohorts } from './cohorts.ts';
import { joinRecoveries, judgeEpisodes, withoutEpisodes, type Finer } from './episodes.ts';
import { isCalendar } from './explain.ts';
import {
  adjust,
  chooseBucket,
  joinSplit,
  judgeSeries,
  ownOfSegments,
  wholeBuckets,
  type Judged,
  type Judgement,
} from './judge.ts';
import { asHolidaysMayBe } from './holidays.ts';
import { readLanguages, weighLanguages } from './languages.ts';
import { asGraded, metrics, scoreNamed, text, volume, type Metric, type Series } from './metrics.ts';
import type { AuditReport } from './model.ts';
import { judgePartEpisodes } from './part-episodes.ts';
import { day } from './report/format.ts';
import { writeReport } from './report.ts';
import { hoursOf, readSeries, totalsOf } from './series.ts';
import { asRhythmsMayBe } from './short-logs.ts';
import { byItsHours, withoutSilentParts } from './silences.ts';
import { readEndings, showsEndings, weighEndings, withEndings, type Endings } from './truncation.ts';
import { judgeVolume, movesOf } from './volume.ts';
import { findOverview, inTurns, findScores, listDimensions, sampleTexts, type Dimension } from './store.ts';

export interface AuditOptions {
  files: readonly string[];
  map: Partial<Record<Field, string>>;
  dateOrder?: 'dmy' | 'mdy' | undefined;
  /** A column whose values are compared with each other. */
  groupBy?: string | undefined;
  /** Rows before this time are compared with the rows since, ms. */
  splitMs?: number | undefined;
  /** USD per right answer; nothing when not told. */
  perSuccessUsd: number | null;
}

/** All that was read and judged: what the report is written from. */
export interface Evidence {
  store: ScratchTelemetry;
  imported: Imported;
  files: readonly LogFile[];
  overview: Awaited<ReturnType<typeof findOverview>>;
  dimensions: Dimension[];
  endings: Endings;
  metrics: readonly Metric[];
  bucketMs: number;
  /** Buckets by metric and segment, to draw. */
  series: Series[];
  /** Those of all rows in narrower buckets. */
  finer: Finer[];
  judged: Judged;
  cohorts: AuditReport['cohorts'];
}

/** Reads logs into a store of their own, judges them, and has the facts of the report drawn. */
export async function audit<T>(ctx: Context, options: AuditOptions, draw: (report: AuditReport) => Promise<T>): Promise<T> {
  const files: LogFile[] = [];
  try {
    if (options.files.includes('-') && process.stdin.isTTY)
      ctx.progress({ label: 'Reading what you type or paste; Ctrl-D ends it', done: 0, unit: 'bytes' });
    const { only, elsewhere } = await scoresBeside(options.files);
    for (const name of options.files.filter((one) => !only.includes(one)))
      files.push(await openLogFile(name, process.stdin, elsewhere(name)));
    files[0]?.assumptions.push(
      ...only.map((name) => `"${name}" holds scores and no calls: they count for the calls of the other files.`),
    );
    await using store = await openScratchTelemetry({ log: ctx.log });
    const { map, dateOrder, groupBy } = options;
    const imported = await importLogs(store, files, { map, dateOrder, groupBy, now: ctx.now(), onProgress: ctx.progress });
    ctx.progress({ label: 'Judging', done: 0, unit: 'steps' });
    const evidence = await judge(inTurns(store), imported, files, options);
    const report = await writeReport(evidence, { now: ctx.now(), perSuccessUsd: options.perSuccessUsd });
    // What it holds is removed while the report is drawn; whether that went well shows when it is put away.
    store.close().catch(() => undefined);
    return await draw(report);
  } finally {
    for (const file of files) await file[Symbol.asyncDispose]();
  }
}

async function judge(
  store: ScratchTelemetry,
  imported: Imported,
  files: readonly LogFile[],
  { groupBy, splitMs }: Pick<AuditOptions, 'groupBy' | 'splitMs'>,
): Promise<Evidence> {
  const [overview, columns] = await Promise.all([findOverview(store), listDimensions(store, imported.mapping)]);
  if (splitMs !== undefined) requireInside(splitMs, overview);
  const dimensions = columns.filter(
    ({ name, values }) =>
      !isCalendar(
        name,
        values.map(({ value }) => value),
      ),
  );
  const endings = await readEndings(store, { ...overview, said: imported.mapping.fields.finish !== undefined });
  const list = withEndings(
    [...metrics.map((metric) => asScored(metric, overview)), ...(await scoresBesideOf(store, imported))],
    endings,
  );
  const base = { store, imported, files, overview, dimensions, endings, metrics: list };
  const timed = overview.from !== null && overview.to !== null && overview.to > overview.from;
  const bucketMs = timed ? chooseBucket(overview.rows, overview.from!, overview.to!) : 0;
  // The wording is weighed here while the engine counts.
  const [{ series, finer }, languages, worded] = timed
    ? await Promise.all([readSeries(store, list, dimensions, bucketMs), readLanguages(store, bucketMs), judgeText(store)])
    : [{ series: [], finer: [] }, null, null];
  series.push(...(languages?.series ?? []));
  const parts = await judgePartEpisodes(
    series.filter((one) => one.metric.kind !== 'count' && !isWhole(one)),
    bucketMs,
    (one) => hoursOf(store, one, dimensions),
  );
  const dated = judgeTime(series, bucketMs, { ...overview, dimensions, finer, parts });
  dated.judgements = asHolidaysMayBe(await silencesByTheHour(store, dated.judgements, dimensions, overview.to), overview.to ?? 0);
  const { judged: compared, cohorts } = await judgeAllCohorts(store, list, groupBy === undefined ? dimensions : columns, {
    groupBy,
    splitMs,
    totals: (dimension) => totalsOf(series, list, dimension, overview.rows),
    timed: dated.judgements.length > 0 || dated.steady.length > 0,
  });
  const tests = dated.tests + compared.tests + (worded ? Math.max(1, worded.judgements.length) : 0);
  const held = adjust([...dated.judgements, ...compared.judgements, ...(worded?.judgements ?? [])], tests);
  const found = languages ? weighLanguages(held, languages, bucketMs) : held;
  const judged: Judged = {
    judgements: joinAfter(showsEndings(endings) ? await weighEndings(store, found, columns) : found),
    // Who asked for cohorts and got them has no use for what time would take.
    undecided: [
      ...(groupBy === undefined && splitMs === undefined ? dated.undecided : []),
      ...compared.undecided,
      ...(worded?.needs ? [{ metric: text, segment: {}, needs: worded.needs }] : []),
    ],
    steady: [...dated.steady, ...compared.steady, ...(worded && worded.judgements.length === 0 && !worded.needs ? [text] : [])],
    tests,
  };
  return { ...base, bucketMs, series, finer, judged, cohorts };
}

const scoresOf = ({ lowest_score, highest_score, inner_scores, score_sd }: Evidence['overview']) => ({
  lowest: lowest_score ?? 0,
  highest: highest_score ?? 1,
  inner: [inner_scores[0] ?? 0, inner_scores[1] ?? 1] as const,
  sd: score_sd ?? 0,
});

/** Silences of values, which are found by the day, by their own hours. */
async function silencesByTheHour(
  store: ScratchTelemetry,
  judgements: readonly Judgement[],
  dimensions: readonly Dimension[],
  to: number | null,
): Promise<Judgement[]> {
  const told: Judgement[] = [];
  for (const one of judgements) {
    const own = one.stall?.kind === 'silence' && !isWhole(one) && to !== null;
    told.push(own ? byItsHours(one, await hoursOf(store, { ...one, buckets: [] }, dimensions), to) : one);
  }
  return told;
}

const asScored = (metric: Metric, overview: Evidence['overview']): Metric =>
  metric.name === 'score' && overview.binary < overview.with_score ? asGraded(metric, scoresOf(overview)) : metric;

/** The scores of the log beside the judged one, each a metric. */
async function scoresBesideOf(store: ScratchTelemetry, { mapping }: Imported): Promise<Metric[]> {
  const found: Metric[] = [];
  for (const [place, { label, worse }] of mapping.scores.entries()) {
    const { n, binary, lowest, highest, inner, sd } = await findScores(store, place);
    const metric = scoreNamed(label, place, worse);
    const scores = { lowest: lowest ?? 0, highest: highest ?? 1, inner: [inner[0] ?? 0, inner[1] ?? 1] as const, sd: sd ?? 0 };
    if (n > 0) found.push(binary < n ? asGraded(metric, scores) : metric);
  }
  return found;
}

/** Joined when each has held by itself. */
const joinAfter = (judgements: readonly Judgement[]) =>
  joinSplit(
    judgements.filter(({ kind }) => kind !== 'cohort'),
    judgements.filter(({ kind }) => kind === 'cohort'),
  );

/** A comparison needs rows on both sides. */
function requireInside(splitMs: number, { rows, from, to }: Evidence['overview']) {
  if (rows === 0) return;
  if (from === null || to === null)
    throw invalid('The log has no time, so --split has nothing to go by. --group-by compares a column.');
  if (splitMs > from && splitMs <= to) return;
  throw invalid(`--split ${day(splitMs)} leaves all rows on one side: the log goes from ${day(from)} to ${day(to)}.`);
}

const isWhole = ({ segment }: { segment: Record<string, string> }) => Object.keys(segment).length === 0;
const rowsOf = ({ buckets }: Series) => buckets.reduce((sum, { n }) => sum + n, 0);
/** Segments whose calls ought to keep coming; versions come and go, and how often an answer comes out is no feed. */
const feeds = ({ segment }: Series, dimensions: readonly Dimension[]) =>
  !isWhole({ segment }) &&
  !('model' in segment) &&
  !('prompt_version' in segment) &&
  !dimensions.some(({ name, says }) => says === 'outcome' && name in segment);
/** Fewer rows than this do not come steadily enough for their absence to say something. */
const STEADY_ROWS = 100;
const endOf = ({ buckets }: Series, bucketMs: number) => (buckets.at(-1)?.at ?? 0) + bucketMs;
/** Fewer buckets than this say nothing about how steadily calls come. */
const FEWEST_STEADY = 7;

function judgeTime(
  series: readonly Series[],
  bucketMs: number,
  {
    from,
    to,
    dimensions,
    finer,
    parts: own,
  }: {
    from: number | null;
    to: number | null;
    dimensions: readonly Dimension[];
    finer: readonly Finer[];
    parts: Pick<Judged, 'judgements' | 'tests'>;
  },
): Judged {
  const covered = (one: Series): Series => ({ ...one, buckets: wholeBuckets(one.buckets, bucketMs, from ?? 0, to ?? 0) });
  const measured = series.filter(({ metric }) => metric.kind !== 'count');
  // Short episodes first: what is left of a series is judged without them.
  const episodes = judgeEpisodes(measured.filter(isWhole), bucketMs, finer);
  const left = measured.map((one) => withoutEpisodes(one, [...episodes.judgements, ...own.judgements], bucketMs));
  const whole = recovered(judgeSeries(left.filter(isWhole), bucketMs));
  const parts = recovered(
    judgeSeries(
      left.filter((one) => !isWhole(one)),
      bucketMs,
    ),
  );
  const quiet = <T extends { metric: Metric }>(list: readonly T[]) =>
    list.filter(({ metric }) => !episodes.judgements.some((one) => one.metric === metric));
  const calls = series.find(({ metric }) => metric.name === volume.name);
  const fed = series.filter((one) => one.metric.name === volume.name && feeds(one, dimensions) && rowsOf(one) >= STEADY_ROWS);
  const hours = finer.find((one) => one.bucketMs === HOUR_MS)?.series.find(({ metric }) => metric === volume)?.buckets;
  const looks = fed.length + 1;
  const amount = calls ? judgeVolume(covered(calls), bucketMs, undefined, hours, looks) : [];
  const shares = movesOf(
    fed.flatMap((one) => judgeVolume(covered(one), bucketMs, calls && endOf(covered(calls), bucketMs), undefined, looks)),
    series.map(covered),
    bucketMs,
  );
  const judgements = [
    ...episodes.judgements,
    ...whole.judgements,
    ...withoutSilentParts(amount, shares),
    ...ownOfSegments(
      [...own.judgements, ...parts.judgements, ...shares],
      [...episodes.judgements, ...whole.judgements, ...amount],
      bucketMs,
    ),
  ];
  return {
    judgements: asRhythmsMayBe(judgements, (to ?? 0) - (from ?? 0)),
    undecided: [...quiet(whole.undecided), ...parts.undecided],
    steady: [
      ...whole.steady.filter((metric) => quiet([{ metric }]).length > 0),
      ...(calls && amount.length === 0 && calls.buckets.length >= FEWEST_STEADY ? [volume] : []),
    ],
    tests: episodes.tests + own.tests + whole.tests + parts.tests + (calls ? 1 : 0) + fed.length,
  };
}

const recovered = (judged: Judged): Judged => ({ ...judged, judgements: joinRecoveries(judged.judgements) });

const TEXTS_IN_A_TURN = 100;

/** Whether and when the answers began to read differently: each change against what lies between it and its neighbours. */
async function judgeText(store: ScratchTelemetry): Promise<{ judgements: Judgement[]; needs: number | null } | null> {
  const texts = await sampleTexts(store);
  if (texts.length === 0) return null;
  const vectors: { at: number; vector: ReturnType<typeof hashNgrams> }[] = [];
  for (const [i, { at, text }] of texts.entries()) {
    vectors.push({ at, vector: hashNgrams(text) });
    // Answers of the engine are taken meanwhile, and it is asked the next.
    if (i % TEXTS_IN_A_TURN === 0) await nextTurn();
  }
  const changes = textChanges(vectors);
  const dates = changes.map(({ at }) => at);
  return {
    judgements: changes.flatMap((change, i) => {
      const [since, until] = [dates[i - 1] ?? -Infinity, dates[i + 1] ?? Infinity];
      return fromTextChange(
        change,
        texts.filter(({ at }) => at >= since && at < until),
      );
    }),
    needs: changes[0]?.undecided?.needs ?? null,
  };
}

function fromTextChange(
  { flagged, at, interval, p, effect, ci95 }: TextChange,
  texts: readonly { at: number; text: string }[],
): Judgement[] {
  if (!flagged || at === null) return [];
  const n = texts.filter((one) => one.at < at).length;
  const side = (rows: number, mean: number) => ({ mean, sd: 0, n: rows, buckets: 1 });
  const judgement: Judgement = {
    kind: 'step',
    metric: text,
    segment: {},
    at,
    until: at,
    interval,
    p,
    q: p,
    direction: 'changed',
    before: side(n, 0.5),
    after: side(texts.length - n, effect),
    change: effect - 0.5,
    ci95: ci95 && [ci95[0] - 0.5, ci95[1] - 0.5],
    words: changedWords(
      texts.slice(0, n).map((one) => one.text),
      texts.slice(n).map((one) => one.text),
    ),
    window: {
      from: texts[0]!.at,
      to: texts.at(-1)!.at + 1,
    },
  };
  return [judgement];
}
