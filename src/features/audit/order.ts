import type { Evidence } from './audit.ts';
import type { Grouped, Told } from './causes.ts';
import type { Judgement } from './judge.ts';
import { callsPerMonth, moneyPerMonth, priceOnce } from './money.ts';
import { volume } from './metrics.ts';
import type { Cause } from './model.ts';
import { count } from './report/format.ts';
import { named } from './report/text.ts';
import { severity, title } from './words.ts';

/** What each finding costs, and in which order findings are told. */

/** A finding with its price: USD a month, negative where it saves, nothing where no price is known. */
export interface Priced extends Grouped {
  money: number | null;
}

/** Prices findings; the marks of one event are priced once. */
export function price(evidence: Evidence, list: readonly Grouped[], perSuccessUsd: number | null): Priced[] {
  const priced = priceEach(evidence, list, perSuccessUsd);
  const groups = [...new Set(priced.map(({ members }) => members))];
  return groups.flatMap((members) => priceOnce(priced.filter((item) => item.members === members)));
}

function priceEach({ overview, series, bucketMs }: Evidence, list: readonly Grouped[], perSuccessUsd: number | null): Priced[] {
  const spanMs = Math.max(bucketMs, (overview.to ?? 0) - (overview.from ?? 0));
  return list.map((item) => {
    const { judgement } = item;
    const key = JSON.stringify(judgement.segment);
    const calls = series.find(({ metric, segment }) => metric.name === volume.name && JSON.stringify(segment) === key)?.buckets;
    const from = judgement.until ?? judgement.at ?? overview.from ?? 0;
    const to = judgement.window?.to ?? overview.to ?? 0;
    const rows = calls
      ? calls.filter((bucket) => bucket.at >= from && bucket.at < to).reduce((sum, { n }) => sum + n, 0)
      : (judgement.after?.n ?? 0);
    const money = moneyPerMonth(judgement, callsPerMonth(rows, to - from), spanMs, { perSuccessUsd });
    // What a date already prices is not priced again as a comparison.
    const dated =
      judgement.kind === 'cohort' &&
      list.some((other) => other.judgement.at !== null && other.judgement.metric.name === judgement.metric.name);
    return { ...item, money: dated && money !== null ? 0 : money };
  });
}

const loudness = { page: 0, ticket: 1, watch: 2 };

const harmsAnswers = ({ metric }: Judgement) => metric.kind === 'rate' || metric.kind === 'grade';

/** Many answers are lost and nobody said what one is worth: it may be more than all that has a price. */
const lostUnpriced = ({ judgement, money }: Priced) =>
  money === null && harmsAnswers(judgement) && severity(judgement) === 'page';

/**
 * Lost answers without a price first, then what costs most; what has no price by how loud it is, wrong answers before slow ones,
 * then by size.
 */
export function byCost(a: Priced, b: Priced): number {
  const cost = ({ judgement, money }: Priced) => (judgement.direction === 'worse' ? Math.max(0, money ?? 0) : 0);
  const loud = ({ judgement }: Priced) => loudness[severity(judgement)];
  const harm = ({ judgement }: Priced) => (harmsAnswers(judgement) ? 0 : 1);
  const size = ({ judgement: { metric, change, before } }: Priced) =>
    Math.abs(change ?? 0) /
    (metric.kind === 'rate' ? 1 : metric.scale ? metric.scale.range : Math.max(Math.abs(before?.mean ?? 1), 1e-9));
  // Cents do not outrank a page.
  const dear = (item: Priced) => (cost(item) >= 1 ? cost(item) : 0);
  return (
    Number(lostUnpriced(b)) - Number(lostUnpriced(a)) ||
    dear(b) - dear(a) ||
    loud(a) - loud(b) ||
    harm(a) - harm(b) ||
    size(b) - size(a)
  );
}

/** Findings with one cause, under the id they share. */
export interface Named {
  id: string;
  members: Priced[];
  cause: Cause | null;
}

/** Findings that belong together, named in the order in which they are told. */
export function nameGroups(ordered: readonly Priced[]): Named[] {
  const byMembers = new Map<Told[], Priced[]>();
  for (const item of ordered) byMembers.set(item.members, [...(byMembers.get(item.members) ?? []), item]);
  return [...byMembers.values()]
    .filter((members) => members.length > 1)
    .map((members, i) => ({
      id: `g${i + 1}`,
      members,
      // The first finding is the one the group is named after.
      cause: members[0]!.cause,
    }));
}

export function groupTitle(members: readonly Priced[], cause: Cause | null): string {
  const { segment, against } = members[0]!.judgement;
  if (against !== undefined) return `${Object.values(segment).map(named).join(', ')} compared with ${named(against)}`;
  const first = title(members[0]!.judgement);
  return cause
    ? `${first}, with ${count(members.length - 1)} more: ${named(cause.dimension)} ${named(cause.value)}`
    : `${first}, with ${count(members.length - 1)} more at the same time`;
}
