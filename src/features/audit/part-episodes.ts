import { findEpisodes, type Bucket } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { judgeEpisodes } from './episodes.ts';
import type { Judgement } from './judge.ts';
import type { Series } from './metrics.ts';
import { widened } from './series.ts';

/** What was worse for some hours or days for one value of a column: looked for in few buckets, then told by its hours. */

/** Series with more buckets are looked through in wider ones first. */
const MOST_BUCKETS = 120;
/** Chance of an episode in any of the series that are looked through. */
const ALPHA = 1e-4;
/** Values whose episodes are told, of those that meet. */
const MOST_VALUES = 3;
/** A value that lost nearly as much as all of a column, and more by itself, tells it better. */
const NEARLY_AS_MUCH = 0.8;

/** The episodes of values, told once: `hoursOf` reads a series by the hour where it is judged by the day. */
export async function judgePartEpisodes(
  parts: readonly Series[],
  bucketMs: number,
  hoursOf: (series: Series) => Promise<readonly Bucket[]>,
): Promise<{ judgements: Judgement[]; tests: number }> {
  if (bucketMs > DAY_MS) return { judgements: [], tests: 0 };
  const looked = parts.filter(({ metric, buckets }) => metric.worse !== null && buckets.length > 0);
  const found: Judgement[] = [];
  for (const series of looked.filter((one) => mayHold(one, bucketMs))) {
    const held = (list: readonly Judgement[]) => list.filter(({ p }) => (p ?? 1) * looked.length <= ALPHA);
    const own = held(judgeEpisodes([series], bucketMs, []).judgements);
    if (own.length === 0) continue;
    if (bucketMs < DAY_MS) found.push(...own);
    else {
      const hours = { bucketMs: HOUR_MS, series: [{ ...series, buckets: [...(await hoursOf(series))] }] };
      found.push(...held(judgeEpisodes([series], bucketMs, [hours]).judgements));
    }
  }
  return { judgements: toldOnce(found), tests: looked.length };
}

/** Whether a closer look is worth its time. */
function mayHold({ metric, buckets }: Series, bucketMs: number): boolean {
  if (bucketMs >= DAY_MS || buckets.length <= MOST_BUCKETS) return true;
  const width = bucketMs * Math.ceil(buckets.length / MOST_BUCKETS);
  return findEpisodes(widened(buckets, width), { kind: metric.kind, bucketMs: width, worse: metric.worse! }).length > 0;
}

/** Of the episodes of one metric that meet, those of one column: of the one that tells them best. */
export function toldOnce(found: readonly Judgement[]): Judgement[] {
  const told: Judgement[] = [];
  const rest = new Set(found);
  for (const first of found.toSorted((a, b) => lost(b) - lost(a))) {
    if (!rest.has(first)) continue;
    const same = [...rest].filter((one) => one.metric.name === first.metric.name && meet(one, first));
    const best = same
      .filter((one) => lost(one) >= NEARLY_AS_MUCH * lost(first))
      .toSorted((a, b) => Math.abs(b.change!) - Math.abs(a.change!) || lost(b) - lost(a))[0]!;
    const column = Object.keys(best.segment)[0]!;
    const values = same.filter(({ segment }) => column in segment).toSorted((a, b) => lost(b) - lost(a));
    told.push(...values.slice(0, MOST_VALUES));
    for (const one of same) rest.delete(one);
  }
  return told;
}

const lost = ({ change, after }: Judgement) => Math.abs(change ?? 0) * (after?.n ?? 0);
const meet = (a: Judgement, b: Judgement) => a.at! < b.window!.to && b.at! < a.window!.to;
