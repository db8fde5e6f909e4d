import type { Evidence } from './audit.ts';
import { changedBehindItsName, explainChange, groupByTime, movedColumns, type Explained, type Sides } from './explain.ts';
import { failuresOf } from './failures.ts';
import { fromChange, near, type Judgement } from './judge.ts';
import { leastChange, type Series } from './metrics.ts';
import type { Cause } from './model.ts';
import { named } from './report/text.ts';
import { switchedElsewhere } from './switches.ts';
import { carrierOf } from './volume.ts';
import { failuresClause, repeatsSentence } from './words.ts';
import { findSides, listFailures, repeatedShare, type Stretches } from './store.ts';
import { categoricalDrift, compare, findChanges, summarise } from '../../detect/index.ts';

/** Why something changed, and what changed with it. */

/** A judgement with what the log knows about it. */
export interface Told {
  judgement: Judgement;
  explained: Explained;
  alsoMoved: string[];
  models: Sides | undefined;
}

/** What the log knows about a change: the metric and the rows by the values of each column, before and after. */
export async function explain(evidence: Evidence, found: Judgement): Promise<Told> {
  const { store, dimensions, bucketMs, series } = evidence;
  const judgement = await withRepeats(evidence, await withFailures(evidence, found));
  const { at, until, window, metric, kind } = judgement;
  const nothing = { kind, cause: null, because: null };
  // How many calls come is no quality of any of them, but some may bring most of a change.
  const carrier = metric.kind === 'count' ? carrierOf(judgement, dimensions, series, bucketMs) : null;
  if (carrier) return { judgement, explained: { kind, ...carrier }, alsoMoved: [], models: undefined };
  if (at === null || window === null || kind === 'stall' || metric.kind === 'count')
    return { judgement, explained: nothing, alsoMoved: [], models: undefined };
  const stretches = { from: window.from, at, until: until ?? at, to: window.to };
  const near = aroundChange(judgement, stretches, bucketMs);
  const looked = dimensions
    .filter(({ name }) => !(name in judgement.segment))
    .map(async (dimension) => {
      const { before, after } = await findSides(store, metric, dimension, stretches);
      // Most columns say the same on both sides, and need no second look.
      const moved = categoricalDrift(before.rows, after.rows).flagged;
      const around = moved ? await findSides(store, metric, dimension, near) : undefined;
      const side: Sides = {
        dimension: dimension.name,
        says: dimension.says,
        elsewhere: moved ? switchedElsewhere(judgement, dimension.name, series, bucketMs) : new Set(),
        before: before.stats,
        after: after.stats,
        ...(around ? { around: { before: around.before.stats, after: around.after.stats } } : {}),
      };
      return { side, count: { dimension: dimension.name, before: before.rows, after: after.rows } };
    });
  const both = await Promise.all(looked);
  const sides = both.map(({ side }) => side);
  const counts = both.map(({ count }) => count);
  const told = explainChange(
    judgement,
    sides.filter(({ before, after }) => new Set([...before.keys(), ...after.keys()]).size > 1),
  );
  // What failed calls say is told where nothing says why.
  const explained = { ...told, because: told.because ?? (judgement.failures ? failuresClause(judgement.failures) : null) };
  const models = counts.find(({ dimension }) => dimension === 'model');
  return {
    judgement: datedByItsOwn(asExplained(judgement, explained), series, bucketMs),
    explained,
    alsoMoved: movedColumns(counts.filter(({ dimension }) => dimension !== explained.cause?.dimension)),
    models: models && { dimension: 'model', before: asStats(models.before), after: asStats(models.after) },
  };
}

/** A moved mix is nobody's loss of quality; what one value carries weighs as much as it weighs there. */
function asExplained(judgement: Judgement, { kind, cause, own, newcomer }: Explained): Judgement {
  if (kind === 'mix')
    return {
      ...judgement,
      kind,
      direction: 'changed',
      ...(newcomer && cause ? { newcomer: { column: cause.dimension, ...newcomer } } : {}),
    };
  return own ? { ...judgement, own } : judgement;
}

/**
 * A change that one value carries is dated by the calls of that value: the others know nothing of it and blur the date. Its levels over
 * all rows are told for the new date.
 */
export function datedByItsOwn(judgement: Judgement, series: readonly Series[], bucketMs: number): Judgement {
  const { own, metric, kind, at, interval, window, change, segment, recent } = judgement;
  if (!own || own.isNew || kind !== 'step' || recent || !interval || !window || at === null || Object.keys(segment).length > 0)
    return judgement;
  const of = (wanted: Record<string, string>) =>
    (series.find((one) => one.metric.name === metric.name && sameSegment(one.segment, wanted))?.buckets ?? []).filter(
      (bucket) => bucket.at >= window.from && bucket.at < window.to,
    );
  const { changes } = findChanges(of({ [own.column]: own.value }), {
    kind: metric.kind,
    bucketMs,
    minEffect: leastChange(metric),
  });
  const [sharp, ...more] = changes.filter(
    (one) =>
      one.kind === 'step' &&
      Math.sign(one.change) === Math.sign(change ?? 0) &&
      near(fromChange(metric, one, window), judgement, bucketMs),
  );
  const width = ([from, to]: readonly [number, number]) => to - from;
  if (!sharp || more.length > 0 || width(sharp.interval) >= width(interval)) return judgement;
  const all = of({});
  const sides = compare(
    summarise(
      all.filter((bucket) => bucket.at < sharp.at),
      metric.kind,
    ),
    summarise(
      all.filter((bucket) => bucket.at >= sharp.at),
      metric.kind,
    ),
    metric.kind,
  );
  const moved = sides.change - (change ?? 0);
  const ci95 = judgement.ci95 && ([judgement.ci95[0] + moved, judgement.ci95[1] + moved] as [number, number]);
  const { before, after } = sides;
  return { ...judgement, at: sharp.at, until: sharp.at, interval: sharp.interval, before, after, change: sides.change, ci95 };
}

const sameSegment = (a: Record<string, string>, b: Record<string, string>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);

/** With what the failed calls say, where there are more of them. */
async function withFailures({ store, dimensions }: Evidence, judgement: Judgement): Promise<Judgement> {
  const { metric, direction, at, until, window, segment } = judgement;
  if (metric.name !== 'error_rate' || direction !== 'worse' || at === null || window === null) return judgement;
  const [name, value] = Object.entries(segment)[0] ?? [];
  const sql = dimensions.find((dimension) => dimension.name === name)?.sql;
  const where = sql !== undefined && value !== undefined ? { sql, value } : undefined;
  const failures = failuresOf(await listFailures(store, { from: until ?? at, to: window.to, where }));
  return failures ? { ...judgement, failures } : judgement;
}

/** Of more calls for some days: whether they ask the same things again, as calls do that are sent twice. */
async function withRepeats({ store }: Evidence, judgement: Judgement): Promise<Judgement> {
  const { metric, kind, at, over, note } = judgement;
  if (metric.kind !== 'count' || kind !== 'incident' || at === null || over === undefined || note !== undefined) return judgement;
  const [before, during] = [
    await repeatedShare(store, { from: at - (over - at), to: at }),
    await repeatedShare(store, { from: at, to: over }),
  ];
  return during - before >= MORE_REPEATED ? { ...judgement, note: repeatsSentence(before, during) } : judgement;
}

const MORE_REPEATED = 0.2;

/** What lies before and after the time in which a change may have come: its interval, and a bucket to either side of its date. */
export function aroundChange(
  { interval }: Pick<Judgement, 'interval'>,
  { from, at, until, to }: Stretches,
  bucketMs: number,
): Stretches {
  return {
    from,
    at: Math.min(at - bucketMs, interval?.[0] ?? at),
    until: Math.max(until + bucketMs, interval?.[1] ?? until),
    to,
  };
}

const asStats = (counts: ReadonlyMap<string, number>) => new Map([...counts].map(([value, n]) => [value, { n, mean: 0 }]));

/** A judgement among those of the same event. */
export interface Grouped extends Told {
  members: Told[];
  cause: Cause | null;
}

/** Joins what happened at once, and gives each member the cause of the group. */
export function group(told: readonly Told[], slackMs: number): Grouped[] {
  return groupByTime(told, slackMs).flatMap((members) => {
    const own = members.map(({ explained }) => explained.cause).find((cause) => cause !== null) ?? null;
    const silent = own
      ? null
      : changedBehindItsName(
          members.map(({ judgement }) => judgement),
          members.find(({ models }) => models)?.models,
        );
    return members.map((member) => ({
      ...member,
      members,
      cause: member.explained.cause ?? sharedCause(member.judgement, own, silent),
      // That calls fail is no mark of a model.
      explained:
        silent && member.judgement.metric.name !== 'error_rate'
          ? { ...member.explained, because: `most likely because ${named(silent.value)} changed behind its name` }
          : member.explained,
    }));
  });
}

/** A mix has none, and a segment is not explained by another segment of its own column. */
function sharedCause({ kind, segment, metric }: Judgement, own: Cause | null, silent: Cause | null): Cause | null {
  const cause = own ?? (metric.name === 'error_rate' ? null : silent);
  return kind !== 'mix' && cause !== null && !(cause.dimension in segment) ? cause : null;
}
