import { findChanges, type Bucket, type Change, type MetricKind } from '../../../detect/index.ts';
import { measured, moment, type Unit } from './words.ts';

/** The changes of one series of a workflow, in words. Pure. */

export interface Watched {
  kind: MetricKind;
  unit: Unit;
  /** As a sentence begins with it. */
  plain: string;
  /** Which way is bad; nothing where neither is. */
  worse: 'up' | 'down' | null;
}

/** How many of each bucket's calls a model answered. */
export interface ModelBucket {
  atMs: number;
  calls: Record<string, number>;
}

export interface NamedChange {
  at: string;
  until: string;
  /** 95 % confidence interval of `at`. */
  from: string;
  to: string;
  letter: string;
  sentence: string;
  direction: 'worse' | 'better' | 'changed';
  of: string;
}

type Found = Omit<NamedChange, 'letter'>;

/** The changes, oldest first, each with its letter. */
export function namedChanges(
  watched: Watched,
  metric: string,
  buckets: readonly Bucket[],
  models: readonly ModelBucket[],
  bucketMs: number,
): NamedChange[] {
  const own = findChanges(buckets, { kind: watched.kind, bucketMs }).changes.map((change) =>
    inWords(watched, metric, change, bucketMs),
  );
  return [...own, ...modelChanges(models, bucketMs)]
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((change, n) => ({ letter: letterOf(n), ...change }));
}

/** A … Z, AA, AB … */
const letterOf = (n: number): string => (n < 26 ? '' : letterOf(Math.floor(n / 26) - 1)) + String.fromCodePoint(65 + (n % 26));

function inWords({ kind, unit, plain, worse }: Watched, metric: string, change: Change, bucketMs: number): Found {
  const { before, after, at, until } = change;
  const sides = `${change.change > 0 ? 'rose' : 'fell'} from ${measured(before.mean, unit)} to ${measured(after.mean, unit)}`;
  const when =
    change.kind === 'drift' ? `between ${moment(at, bucketMs)} and ${moment(until, bucketMs)}` : `on ${moment(at, bucketMs)}`;
  const direction = worse === null ? 'changed' : change.change > 0 === (worse === 'up') ? 'worse' : 'better';
  const per = kind === 'count' ? ` per ${bucketMs >= 86_400_000 ? 'day' : 'hour'}` : '';
  return {
    at: new Date(at).toISOString(),
    until: new Date(until).toISOString(),
    ...datedOf(change),
    sentence: `${plain}${per} ${sides} ${when}.`,
    direction,
    of: metric,
  };
}

const datedOf = ({ interval: [from, to] }: Change) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

const MOST_MODELS = 5;
/** A model's share of calls moves with the make-up of the work; a swap is larger. */
const LEAST_SHARE = 0.2;

/** A model that took over from another, also when nobody said so. */
function modelChanges(models: readonly ModelBucket[], bucketMs: number): Found[] {
  const totals = new Map<string, number>();
  for (const { calls } of models) for (const [name, n] of Object.entries(calls)) totals.set(name, (totals.get(name) ?? 0) + n);
  const names = [...totals].sort((a, b) => b[1] - a[1]).slice(0, MOST_MODELS);
  if (names.length < 2) return [];
  const sum = (calls: Record<string, number>) => Object.values(calls).reduce((all, n) => all + n, 0);
  const moved = names.flatMap(([name]) => {
    const shares = models.map(({ atMs, calls }) => ({ at: atMs, n: sum(calls), sum: calls[name] ?? 0, sumSq: calls[name] ?? 0 }));
    return findChanges(shares, { kind: 'rate', bucketMs, minEffect: LEAST_SHARE }).changes.map((change) => ({ name, change }));
  });
  const risen = moved.filter(({ change }) => change.change > 0);
  return risen.map(({ name, change }) => {
    const left = moved
      .filter((other) => other.change.change < 0 && Math.abs(other.change.at - change.at) <= 2 * bucketMs)
      .sort((a, b) => a.change.change - b.change.change)[0];
    const share = `from ${measured(change.before.mean, 'rate')} to ${measured(change.after.mean, 'rate')} of calls`;
    const from = left ? ` in place of ${left.name}` : '';
    return {
      at: new Date(change.at).toISOString(),
      until: new Date(change.until).toISOString(),
      ...datedOf(change),
      sentence: `Model ${name}${from} on ${moment(change.at, bucketMs)}: ${share}.`,
      direction: 'changed' as const,
      of: 'model',
    };
  });
}
