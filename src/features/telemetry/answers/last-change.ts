import { setImmediate } from 'node:timers/promises';
import type { Bucket } from '../../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import type { Hour } from './judge.ts';
import { namedChanges, type ModelBucket, type NamedChange } from './timeline.ts';
import { watched } from './watched.ts';
import { usageOfWorkflows, type Used } from './workflows-store.ts';
import type { Window } from './windows.ts';

/** What last changed in each workflow: found as `workflows.timeline` finds it, and looked for when an hour is over, not each time. */

export interface LastChange {
  at: string;
  sentence: string;
  direction: NamedChange['direction'];
  /** The metric, or "model". */
  of: string;
}

/** What is known of a workflow: its days of four weeks and its hours of one, oldest first. */
export interface Active {
  name: string;
  days: readonly Hour[];
  hours: readonly Hour[];
}

/** By client and workflow: what was found, and in what. */
const known = new Map<string, { seen: string; found: LastChange | null }>();
const MOST_KNOWN = 20_000;

/** The last change of each, by name. Its first caller after an hour is over waits for what is new. */
export async function lastChanges(ctx: Context, active: readonly Active[], window: Window) {
  const nowMs = ctx.now().getTime();
  const asked = active.map(({ name, days, hours }) => {
    const whole = { name, days: upTo(days, nowMs, DAY_MS), hours: upTo(hours, nowMs, HOUR_MS) };
    return { ...whole, key: `${ctx.client!.id} ${name}`, seen: `${extentOf(whole.days)} ${extentOf(whole.hours)}` };
  });
  const stale = asked.filter(({ key, seen }) => known.get(key)?.seen !== seen);
  if (stale.length > 0) {
    const lastWeek = { ...window, fromMs: window.toMs - 7 * DAY_MS };
    const [byDay, byHour] = await Promise.all([usageOfWorkflows(ctx, window, 'day'), usageOfWorkflows(ctx, lastWeek, 'hour')]);
    const [daily, hourly] = [usedBy(byDay), usedBy(byHour)];
    for (const { name, days, hours, key, seen } of stale) {
      const past = { days, hours, usedByDay: daily.get(name) ?? [], usedByHour: hourly.get(name) ?? [] };
      keep(key, { seen, found: lastOf(past) });
      // A client may have a thousand of them; others are answered in between.
      await setImmediate();
    }
  }
  return new Map(asked.map(({ name, key }) => [name, known.get(key)?.found ?? null]));
}

function keep(key: string, value: { seen: string; found: LastChange | null }): void {
  known.delete(key);
  known.set(key, value);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
}

/** What is not over yet would look like a change. */
const upTo = (buckets: readonly Hour[], nowMs: number, widthMs: number) => buckets.filter(({ atMs }) => atMs + widthMs <= nowMs);

const extentOf = (buckets: readonly Hour[]) =>
  `${buckets[0]?.atMs ?? 0}-${buckets.at(-1)?.atMs ?? 0}:${buckets.reduce((sum, { runs, errors }) => sum + runs + errors, 0)}`;

const usedBy = (rows: Awaited<ReturnType<typeof usageOfWorkflows>>) =>
  new Map(rows.map(({ workflow, used }) => [workflow, used]));

interface Past extends Omit<Active, 'name'> {
  usedByDay: readonly Used[];
  usedByHour: readonly Used[];
}

/** Of all metrics, and of the models. Pure. */
export function lastOf({ days, hours, usedByDay, usedByHour }: Past): LastChange | null {
  const runs = new Map(days.map(({ atMs, runs }) => [atMs, runs]));
  const perRun = (of: 'costUsd' | 'tokens'): Bucket[] => {
    const sums = new Map<number, number>();
    for (const row of usedByDay) sums.set(row.atMs, (sums.get(row.atMs) ?? 0) + row[of]);
    return [...sums].flatMap(([at, sum]) => {
      const n = runs.get(at) ?? 0;
      return n > 0 ? [{ at, n, sum, sumSq: sum ** 2 / n }] : [];
    });
  };
  const found = [
    ...namedChanges(watched.errorRate, 'errorRate', failed(hours), modelsOf(usedByHour, hours), HOUR_MS),
    ...namedChanges(watched.latency, 'latency', timed(hours), [], HOUR_MS),
    ...namedChanges(watched.errorRate, 'errorRate', failed(days), modelsOf(usedByDay, days), DAY_MS),
    ...namedChanges(watched.latency, 'latency', timed(days), [], DAY_MS),
    ...namedChanges(watched.costUsd, 'costUsd', perRun('costUsd'), [], DAY_MS),
    ...namedChanges(watched.tokens, 'tokens', perRun('tokens'), [], DAY_MS),
    ...namedChanges(watched.runs, 'runs', counted(days), [], DAY_MS),
  ];
  const last = found.reduce<NamedChange | undefined>((a, b) => (a && !isBefore(a, b) ? a : b), undefined);
  return last ? { at: last.at, sentence: last.sentence, direction: last.direction, of: last.of } : null;
}

/** Of the stretches that are over. */
function modelsOf(used: readonly Used[], within: readonly Hour[]): ModelBucket[] {
  const over = new Set(within.map(({ atMs }) => atMs));
  const models = new Map<number, ModelBucket>();
  for (const { atMs, model, calls } of used) {
    if (model === '' || calls === 0 || !over.has(atMs)) continue;
    const bucket = models.get(atMs) ?? { atMs, calls: {} };
    bucket.calls[model] = calls;
    models.set(atMs, bucket);
  }
  return [...models.values()];
}

const weight = { worse: 2, better: 1, changed: 0 };
/** What came later is told; of what came at once, what is worse. */
const isBefore = (a: NamedChange, b: NamedChange) =>
  a.at === b.at ? weight[a.direction] < weight[b.direction] : Date.parse(a.at) < Date.parse(b.at);

const failed = (buckets: readonly Hour[]): Bucket[] =>
  buckets.map(({ atMs, runs, errors }) => ({ at: atMs, n: runs, sum: errors, sumSq: errors }));
const counted = (buckets: readonly Hour[]): Bucket[] =>
  buckets.map(({ atMs, runs }) => ({ at: atMs, n: runs, sum: runs, sumSq: runs ** 2 }));
const timed = (buckets: readonly Hour[]): Bucket[] =>
  buckets
    .filter((bucket) => bucket.timed > 0)
    .map((bucket) => ({
      at: bucket.atMs,
      n: bucket.timed,
      sum: bucket.sumMs,
      sumSq: bucket.sumMs ** 2 / bucket.timed,
      sumLog: bucket.sumLogMs,
    }));
