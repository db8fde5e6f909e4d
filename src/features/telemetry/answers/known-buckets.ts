import { MINUTE_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import type { Hour } from './judge.ts';
import { widthOf } from './buckets.ts';
import type { Window } from './windows.ts';
import { runsOfWorkflows, spansOfWorkflows } from './workflows-store.ts';

/**
 * The hours and days of workflows, remembered: telling runs apart costs most of a state, and what is over seldom changes. What says
 * whether it did is how many spans it has, in all and failed, which is a plain sum: it differs whenever something came late or was
 * erased.
 */
interface Known {
  untilMs: number;
  workflows: Map<string, Map<number, Counted>>;
}

interface Counted {
  spans: number;
  failed: number;
  hour: Hour;
}

/** By client and length, the latest used last. */
const known = new Map<string, Known>();
const MOST_BUCKETS = 200_000;
/** A look while sums are made anew may see half of them, under the number of spans that they will have again. */
const REMEMBERED_MS = 5 * MINUTE_MS;

/** What each workflow did in each hour, or on each day, oldest first. */
export async function knownBuckets(ctx: Context, bucket: 'hour' | 'day', window: Window): Promise<Map<string, Hour[]>> {
  const key = `${ctx.client!.id} ${bucket}`;
  const nowMs = performance.now();
  const before = known.get(key);
  const usable = before && before.untilMs > nowMs ? before : undefined;
  const marks = (await spansOfWorkflows(ctx, window, bucket)).map(({ workflow, buckets }) => {
    const had = usable?.workflows.get(workflow);
    const marked = buckets.map((mark) => {
      const same = had?.get(mark.atMs);
      return { mark, hour: same?.spans === mark.spans && same.failed === mark.failed ? same.hour : undefined };
    });
    return { workflow, marked };
  });

  const changed = marks.flatMap(({ marked }) => marked.flatMap(({ mark, hour }) => (hour ? [] : [mark.atMs])));
  // From the first that changed to the last: mostly that is the one that is not over.
  const asked = { fromMs: Math.min(...new Set(changed)), toMs: Math.max(...new Set(changed)) + widthOf[bucket] };
  const rows = changed.length === 0 ? [] : await runsOfWorkflows(ctx, asked, bucket);
  const fresh = new Map(rows.map(({ workflow, buckets }) => [workflow, new Map(buckets.map((one) => [one.atMs, one]))]));

  const workflows = new Map<string, Map<number, Counted>>();
  for (const { workflow, marked } of marks) {
    const hours = new Map<number, Counted>();
    for (const { mark, hour } of marked) {
      const found = hour ?? fresh.get(workflow)?.get(mark.atMs);
      if (found) hours.set(mark.atMs, { spans: mark.spans, failed: mark.failed, hour: found });
    }
    workflows.set(workflow, hours);
  }
  keep(key, { untilMs: usable?.untilMs ?? nowMs + REMEMBERED_MS, workflows });
  return new Map([...workflows].map(([workflow, hours]) => [workflow, [...hours.values()].map(({ hour }) => hour)]));
}

function keep(key: string, now: Known): void {
  known.delete(key);
  known.set(key, now);
  let held = [...known.values()].reduce((sum, one) => sum + sizeOf(one), 0);
  for (const [oldest, one] of known) {
    if (held <= MOST_BUCKETS) break;
    known.delete(oldest);
    held -= sizeOf(one);
  }
}

const sizeOf = ({ workflows }: Known) => [...workflows.values()].reduce((sum, hours) => sum + hours.size, 0);
