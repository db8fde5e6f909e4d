import { summarise } from '../../detect/index.ts';
import { invalid } from '../../platform/problem.ts';
import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import { judgeCohorts, PERIOD, type CohortSide, type Judged } from './judge.ts';
import type { Cohort } from './model.ts';
import type { Metric } from './metrics.ts';
import { day } from './report/format.ts';
import { listCohorts, type CohortRow as Row, type Dimension } from './store.ts';

export interface CohortOptions {
  groupBy: string | undefined;
  splitMs: number | undefined;
  timed: boolean;
  /** What is known of a column's values already. */
  totals: (dimension: Dimension) => Row[] | null;
}

/** Compares the values of a column with each other: the ones asked for, or all of a log that has no time to judge. */
export async function judgeAllCohorts(
  store: ScratchTelemetry,
  metrics: readonly Metric[],
  dimensions: readonly Dimension[],
  { groupBy, splitMs, timed, totals }: CohortOptions,
): Promise<{ judged: Judged; cohorts: Cohort[] }> {
  const judged: Judged = { judgements: [], undecided: [], steady: [], tests: 0 };
  const cohorts: Cohort[] = [];
  const alike = new Set<Metric>();
  const unlike = new Set<Metric>();
  const asked = groupBy !== undefined || splitMs !== undefined;
  for (const dimension of [...(splitMs === undefined ? [] : [period(splitMs)]), ...chosen(dimensions, groupBy, splitMs)]) {
    const rows = totals(dimension) ?? (await listCohorts(store, metrics, dimension));
    if (rows.length < 2 && !asked) continue;
    cohorts.push(...rows.toSorted(byName).map((row) => cohortOf(dimension.name, row, metrics)));
    // With a time axis the findings come from there; the cohorts stand beside them.
    if (timed && !asked) continue;
    for (const { before, after, ordered } of isPeriod(dimension) ? inOrder(rows) : pairs(rows)) {
      metrics.forEach((metric, i) => {
        const peers = rows.map((row) => side(row, i)).filter(({ buckets }) => buckets.length > 0);
        const same = compareOn(judged, metric, dimension.name, side(before, i), side(after, i), ordered, peers);
        if (same !== null) (same ? alike : unlike).add(metric);
      });
    }
  }
  // Where time was judged, steady is what held over time.
  if (!timed) judged.steady.push(...[...alike].filter((metric) => !unlike.has(metric)));
  return { judged, cohorts };
}

/** Before a date and since, as a dimension like any other. */
function period(splitMs: number): Dimension {
  const values = [`before ${day(splitMs)}`, `since ${day(splitMs)}`];
  const sql = `if(toUnixTimestamp64Milli(assumeNotNull(at)) < ${Math.round(splitMs)}, '${values[0]}', '${values[1]}')`;
  return { name: PERIOD, column: '', sql, says: 'input', values: values.map((value) => ({ value, n: 0 })) };
}

/** A log may have a column of that name; the split is read from none. */
interface Pair<T> {
  before: T;
  after: T;
  /** The second is the later one. */
  ordered: boolean;
}

/** Team 10 after team 9. */
const byName = (a: Row, b: Row) => a.value.localeCompare(b.value, 'en', { numeric: true });
const isPeriod = ({ column }: Dimension) => column === '';

/** `before` sorts before `since`. */
const inOrder = <T extends { value: string }>(rows: readonly T[]): Pair<T>[] => {
  const [before, since] = rows.toSorted((a, b) => a.value.localeCompare(b.value, 'en'));
  return before && since ? [{ before, after: since, ordered: true }] : [];
};

function chosen(
  dimensions: readonly Dimension[],
  groupBy: string | undefined,
  splitMs: number | undefined,
): readonly Dimension[] {
  if (groupBy === undefined && splitMs !== undefined) return [];
  if (groupBy === undefined) return dimensions.filter(({ values }) => values.length > 1);
  const found = dimensions.find(({ name, column }) => name === groupBy || column === groupBy);
  if (found) return [found];
  throw invalid(
    `There is no column "${groupBy}" that holds anything. --group-by takes any column of the log${dimensions.length === 0 ? '' : `, e.g. ${dimensions.map(({ name }) => name).join(', ')}`}.`,
  );
}

const side = ({ value, totals }: Row, i: number): CohortSide => ({ value, buckets: totals[i]!.n > 0 ? [totals[i]!] : [] });

function cohortOf(by: string, { value, n, totals }: Row, metrics: readonly Metric[]): Cohort {
  const values = metrics.map(({ name, kind }, i): [string, number | null] => [
    name,
    totals[i]!.n > 0 ? summarise([totals[i]!], kind).mean : null,
  ]);
  return { by, value, n, metrics: Object.fromEntries(values.filter(([, mean]) => mean !== null)) };
}

/**
 * Which cohorts to compare: versions of one family each with the one before it (gpt-4-0314, gpt-4-0613); where no two share a
 * family, each value with the one that has the most rows.
 */
export function pairs<T extends { value: string; n: number }>(rows: readonly T[]): Pair<T>[] {
  const families = new Map<string, T[]>();
  for (const row of rows) families.set(family(row.value), [...(families.get(family(row.value)) ?? []), row]);
  const versions = [...families.values()]
    .filter((members) => members.length > 1)
    .flatMap((members) => {
      const sorted = members.toSorted((a, b) => a.value.localeCompare(b.value, 'en', { numeric: true }));
      return sorted.slice(1).map((row, i): Pair<T> => ({ before: sorted[i]!, after: row, ordered: true }));
    });
  if (versions.length > 0) return versions;
  const largest = rows.toSorted((a, b) => b.n - a.n)[0];
  return largest
    ? rows.filter((row) => row !== largest).map((row): Pair<T> => ({ before: largest, after: row, ordered: false }))
    : [];
}

/** A name without its version: a date, `-0613`, `@2`, `v3`, `-latest`. */
const family = (value: string) => value.replace(/[-_@. ]?(v?\d{4}-?\d{2}-?\d{2}|\d{4}|v\d+([.]\d+)*|latest|preview)$/i, '');

/** Whether the two are alike: nothing where there is nothing to compare. */
function compareOn(
  judged: Judged,
  metric: Metric,
  dimension: string,
  before: CohortSide,
  after: CohortSide,
  ordered: boolean,
  peers: readonly CohortSide[],
): boolean | null {
  if (before.buckets.length === 0 || after.buckets.length === 0) return null;
  judged.tests += 1;
  const { judgement, needs, steady } = judgeCohorts(metric, dimension, before, after, ordered);
  if (judgement) judged.judgements.push({ ...judgement, peers });
  if (needs !== null) judged.undecided.push({ metric, segment: { [dimension]: after.value }, needs });
  return steady;
}
