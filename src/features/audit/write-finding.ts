import type { Bucket } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import type { Evidence } from './audit.ts';
import { chartOf } from './chart.ts';
import { findExamples } from './examples.ts';
import type { Judgement } from './judge.ts';
import type { Series } from './metrics.ts';
import type { ReportFinding } from './model.ts';
import type { Named, Priced } from './order.ts';
import { named } from './report/text.ts';
import { hoursOf } from './series.ts';
import { action, explanation, severity, title } from './words.ts';

/** A finding as the report tells it: words, numbers, picture, and the rows that show it. */

const MOST_FINDINGS_WITH_EXAMPLES = 12;

export const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** What is merely different needs no rows of its own where the first finding of its cause shows them. */
function ownExamples(item: Priced, index: number, groups: readonly Named[]): boolean {
  const group = groups.find(({ members }) => members.includes(item));
  const first = group === undefined || group.members[0] === item;
  return index < MOST_FINDINGS_WITH_EXAMPLES && (first || severity(item.judgement) !== 'watch');
}

/** The `index`th finding of the report. */
export async function writeFinding(
  evidence: Evidence,
  item: Priced,
  index: number,
  groups: readonly Named[],
): Promise<ReportFinding> {
  const { judgement, explained, cause, members, money } = item;
  const { metric, segment, at, interval, before, after, ci95, q } = judgement;
  const key = JSON.stringify(segment);
  // A metric that was given another name is read by the same SQL.
  const same = (one: Series) => one.metric.name === metric.name || (metric.sql !== '' && one.metric.sql === metric.sql);
  const wide = evidence.series.find((one) => same(one) && JSON.stringify(one.segment) === key)?.buckets ?? [];
  const { buckets, bucketMs } = (await narrowOf(evidence, judgement)) ?? { buckets: wide, bucketMs: evidence.bucketMs };
  const letter = String.fromCharCode(65 + (index % 26));
  return {
    id: `f${index + 1}`,
    kind: judgement.kind,
    metric: metric.name,
    segment,
    at: iso(at),
    interval: interval && [iso(interval[0])!, iso(interval[1])!],
    until: iso(endOf(judgement, evidence.overview.to)),
    ...levelsOf(judgement),
    ci95: ci95?.every(Number.isFinite) ? ci95 : null,
    q,
    n: judgement.stall ? [Math.round(judgement.stall.expected), judgement.stall.seen] : [before?.n ?? 0, after?.n ?? 0],
    direction: judgement.direction,
    severity: severity(judgement),
    cause,
    moneyPerMonthUsd: money,
    group: groups.find((group) => group.members.includes(item))?.id ?? null,
    explanation: explanation(
      judgement,
      explained,
      item.alsoMoved,
      members.map((member) => member.judgement).filter((other) => other !== judgement && other.metric.name !== metric.name),
    ),
    title: title(judgement),
    metricName: metric.plain,
    unit: metric.unit,
    action: action(judgement, cause, leadOf(item, groups)),
    chart: chartOf(judgement, buckets, bucketMs, letter, chartTitle(judgement)),
    examples: ownExamples(item, index, groups) ? await findExamples(evidence, judgement) : { before: [], after: [] },
  };
}

/** What is drawn of a log beside an incident of some hours. */
const BESIDE_MS = 3 * DAY_MS;

/** The hours around an incident that was found in them: among days it would hardly be seen. */
async function narrowOf(
  { store, finer, dimensions, bucketMs }: Evidence,
  { metric, segment, at, over, interval }: Judgement,
): Promise<{ buckets: Bucket[]; bucketMs: number } | null> {
  if (at === null || over === undefined || interval === null || metric.kind === 'count' || bucketMs < DAY_MS) return null;
  if (interval[1] - interval[0] > HOUR_MS || over - at > BESIDE_MS) return null;
  const all =
    Object.keys(segment).length === 0
      ? finer.find((one) => one.bucketMs === HOUR_MS)?.series.find((one) => one.metric.name === metric.name)?.buckets
      : await hoursOf(store, { metric, segment, buckets: [] }, dimensions);
  const buckets = (all ?? []).filter((one) => one.at >= at - BESIDE_MS && one.at < over + BESIDE_MS).sort((a, b) => a.at - b.at);
  return buckets.length < 2 ? null : { buckets, bucketMs: HOUR_MS };
}

/** When it was over; nothing where it lasts until the log ends. */
function endOf({ kind, stall, until, over }: Judgement, end: number | null): number | null {
  if (stall) return stall.to <= (end ?? Infinity) ? stall.to : null;
  return over ?? (kind === 'drift' ? until : null);
}

/** What got worse first in the group of a finding, or the finding itself. */
const leadOf = (item: Priced, groups: readonly Named[]): Judgement =>
  groups.find(({ members }) => members.includes(item))?.members.find(({ judgement }) => judgement.direction === 'worse')
    ?.judgement ?? item.judgement;

function chartTitle({ words, peers, metric, segment }: Judgement): string {
  if (peers) return `${metric.plain} by ${named(Object.keys(segment)[0]!)}`;
  const name = words ? 'words whose share of answers changed most' : metric.plain;
  return [name, ...Object.values(segment).map(named)].join(', ');
}

/** Before and after in the metric's unit: of a stall the calls expected and seen. */
function levelsOf({ before, after, change, stall }: Judgement): Pick<ReportFinding, 'before' | 'after' | 'change'> {
  if (stall) return { before: Math.round(stall.expected), after: stall.seen, change: stall.seen - Math.round(stall.expected) };
  return { before: before?.mean ?? null, after: after?.mean ?? null, change };
}
