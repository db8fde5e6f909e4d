import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../platform/clock.ts';
import { version } from '../../platform/version.ts';
import type { Evidence } from './audit.ts';
import { chartOf } from './chart.ts';
import { changedBehindItsName, explainChange, groupByTime, movedColumns, type Explained, type Sides } from './explain.ts';
import type { Judgement } from './judge.ts';
import { callsPerMonth, moneyPerMonth, priceOnce } from './money.ts';
import { volume } from './metrics.ts';
import type { AuditReport, Cause, ReportFinding } from './model.ts';
import { count } from './report/format.ts';
import { findExamples, placeExamples } from './examples.ts';
import { findSides, listRejectReasons } from './store.ts';
import { action, explanation, severity, title, verdict } from './words.ts';

interface Told {
  judgement: Judgement;
  explained: Explained;
  alsoMoved: string[];
  models: Sides | undefined;
}

const loudness = { page: 0, ticket: 1, watch: 2 };
const MOST_FINDINGS_WITH_EXAMPLES = 12;

/** Turns what was judged into the facts of the report: causes, groups, prices, words, charts, examples. */
export async function writeReport(
  evidence: Evidence,
  { now, perSuccessUsd }: { now: Date; perSuccessUsd: number | null },
): Promise<AuditReport> {
  const { judged, overview, imported, bucketMs } = evidence;
  const told: Told[] = [];
  for (const judgement of judged.judgements) told.push(await explain(evidence, judgement));
  const findings = price(evidence, group(told, 2 * bucketMs), perSuccessUsd);
  const ordered = findings.sort(byCost);
  const groups = nameGroups(ordered);
  const written: ReportFinding[] = [];
  for (const [i, finding] of ordered.entries()) written.push(await write(evidence, finding, i, groups));
  await placeExamples(evidence, written);
  const worse = written.some(({ direction }) => direction === 'worse');
  return {
    steward: version,
    writtenAt: now.toISOString(),
    verdict: verdictOf(evidence, ordered),
    worse,
    judged: ordered.length + judgedMetrics(judged) > 0,
    input: {
      files: evidence.files.map(({ name }) => (name === '-' ? 'standard input' : name)),
      rows: overview.rows,
      rejected: overview.rejected,
      from: iso(overview.from),
      to: iso(overview.to),
      mapping: mappingOf(evidence),
    },
    groups: groups.map(({ id, members, cause }) => ({
      id,
      title: groupTitle(members, cause),
      at: iso(members[0]!.judgement.at),
      findings: members.map((member) => `f${ordered.indexOf(member) + 1}`),
      cause,
    })),
    findings: written,
    cohorts: evidence.cohorts,
    metrics: Object.fromEntries(evidence.metrics.map(({ name, plain, unit }) => [name, { name: plain, unit }])),
    assumptions: assumptions(evidence),
    rejectedReasons: await listRejectReasons(evidence.store),
    rejectedFiles: imported.rejectedFiles,
    steady: judged.steady.map(({ plain }) => plain),
    undecided: judged.undecided.map(({ metric, segment, needs }) => ({
      metric: metric.name,
      metricName: metric.plain,
      segment,
      needs: needsOf(needs, evidence),
    })),
  };
}

/** Rows to come; where the log is short of days, that many days of them. */
function needsOf(rows: number, { overview, bucketMs }: Evidence): string {
  const days =
    bucketMs > 0 && overview.rows > 0 ? Math.ceil((rows / overview.rows) * ((overview.to! - overview.from!) / DAY_MS)) : 0;
  return `${count(rows)} more rows${days > 0 ? `, about ${count(days)} more day${days === 1 ? '' : 's'} like these` : ''}`;
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** What the log knows about a change: the metric and the rows by the values of each column, before and after. */
async function explain({ store, dimensions }: Evidence, judgement: Judgement): Promise<Told> {
  const { at, until, window, metric, kind } = judgement;
  const nothing = { kind, cause: null, because: null };
  if (at === null || window === null || kind === 'stall')
    return { judgement, explained: nothing, alsoMoved: [], models: undefined };
  const stretches = { from: window.from, at, until: until ?? at, to: window.to };
  const sides: Sides[] = [];
  const counts = [];
  for (const dimension of dimensions.filter(({ name }) => !(name in judgement.segment))) {
    const { before, after } = await findSides(store, metric, dimension, stretches);
    sides.push({ dimension: dimension.name, before: before.stats, after: after.stats });
    counts.push({ dimension: dimension.name, before: before.rows, after: after.rows });
  }
  const explained = explainChange(
    judgement,
    sides.filter(({ before, after }) => new Set([...before.keys(), ...after.keys()]).size > 1),
  );
  const models = counts.find(({ dimension }) => dimension === 'model');
  return {
    // A moved mix is nobody's loss of quality.
    judgement: explained.kind === 'mix' ? { ...judgement, kind: 'mix', direction: 'changed' } : judgement,
    explained,
    alsoMoved: movedColumns(counts.filter(({ dimension }) => dimension !== explained.cause?.dimension)),
    models: models && { dimension: 'model', before: asStats(models.before), after: asStats(models.after) },
  };
}

const asStats = (counts: ReadonlyMap<string, number>) => new Map([...counts].map(([value, n]) => [value, { n, mean: 0 }]));

interface Grouped extends Told {
  members: Told[];
  cause: Cause | null;
}

/** Joins what happened at once, and gives each member the cause of the group. */
function group(told: readonly Told[], slackMs: number): Grouped[] {
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
      cause: member.explained.cause ?? (sharesCause(member.judgement, own ?? silent) ? (own ?? silent) : null),
      explained: silent
        ? { ...member.explained, because: `most likely because ${silent.value} changed behind its name` }
        : member.explained,
    }));
  });
}

/** A mix has none, and a segment is not explained by another segment of its own column. */
const sharesCause = ({ kind, segment }: Judgement, cause: Cause | null) =>
  kind !== 'mix' && cause !== null && !(cause.dimension in segment);

interface Priced extends Grouped {
  money: number | null;
}

function price(evidence: Evidence, list: readonly Grouped[], perSuccessUsd: number | null): Priced[] {
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
    // What a date already prices is not priced again as a comparison.
    if (
      judgement.kind === 'cohort' &&
      list.some((other) => other.judgement.at !== null && other.judgement.metric.name === judgement.metric.name)
    ) {
      return { ...item, money: null };
    }
    const money = moneyPerMonth(judgement, callsPerMonth(rows, to - from), spanMs, { perSuccessUsd });
    return { ...item, money };
  });
}

/** What costs most first; what has no price by how loud it is, wrong answers before slow ones, then by size. */
function byCost(a: Priced, b: Priced): number {
  const cost = ({ judgement, money }: Priced) => (judgement.direction === 'worse' ? Math.max(0, money ?? 0) : 0);
  const loud = ({ judgement }: Priced) => loudness[severity(judgement)];
  const harm = ({ judgement: { metric } }: Priced) => (metric.kind === 'rate' || metric.name === 'score' ? 0 : 1);
  const size = ({ judgement: { metric, change, before } }: Priced) =>
    Math.abs(change ?? 0) / (metric.kind === 'rate' ? 1 : Math.max(Math.abs(before?.mean ?? 1), 1e-9));
  // Cents do not outrank a page.
  const dear = (item: Priced) => (cost(item) >= 1 ? cost(item) : 0);
  return dear(b) - dear(a) || loud(a) - loud(b) || harm(a) - harm(b) || size(b) - size(a);
}

interface Named {
  id: string;
  members: Priced[];
  cause: Cause | null;
}

function nameGroups(ordered: readonly Priced[]): Named[] {
  const byMembers = new Map<Told[], Priced[]>();
  for (const item of ordered) byMembers.set(item.members, [...(byMembers.get(item.members) ?? []), item]);
  return [...byMembers.values()]
    .filter((members) => members.length > 1)
    .map((members, i) => ({
      id: `g${i + 1}`,
      members, // The first finding is the one the group is named after.
      cause: members[0]!.cause,
    }));
}

function groupTitle(members: readonly Priced[], cause: Cause | null): string {
  const { segment, against } = members[0]!.judgement;
  if (against !== undefined) return `${Object.values(segment).join(', ')} compared with ${against}`;
  const first = title(members[0]!.judgement);
  return cause
    ? `${first}, with ${count(members.length - 1)} more: ${cause.dimension} ${cause.value}`
    : `${first}, with ${count(members.length - 1)} more at the same time`;
}

/** That calls kept coming says nothing about them. */
const judgedMetrics = ({ steady }: Evidence['judged']) => steady.filter(({ name }) => name !== volume.name).length;

function verdictOf({ judged, overview, cohorts }: Evidence, ordered: readonly Priced[]): string {
  const first = ordered.find(({ judgement }) => judgement.direction === 'worse' && judgement.kind !== 'mix') ?? ordered[0];
  return verdict(
    first
      ? {
          title: title(first.judgement),
          because: first.explained.because,
          moneyPerMonthUsd: first.money,
          direction: first.judgement.direction,
          kind: first.judgement.kind,
        }
      : null,
    ordered.length,
    judgedMetrics(judged) + ordered.length,
    {
      ...overview,
      compared: cohorts.length,
      // A log without times has segments only.
      open: judged.undecided
        .filter(({ segment }) => overview.from === null || Object.keys(segment).length === 0)
        .map(({ metric }) => metric.plain),
    },
  );
}

/** What is merely different needs no rows of its own where the first finding of its cause shows them. */
function ownExamples(item: Priced, index: number, groups: readonly Named[]): boolean {
  const group = groups.find(({ members }) => members.includes(item));
  const first = group === undefined || group.members[0] === item;
  return index < MOST_FINDINGS_WITH_EXAMPLES && (first || severity(item.judgement) !== 'watch');
}

async function write(evidence: Evidence, item: Priced, index: number, groups: readonly Named[]): Promise<ReportFinding> {
  const { judgement, explained, cause, members, money } = item;
  const { metric, segment, at, interval, before, after, ci95, q } = judgement;
  const key = JSON.stringify(segment);
  const buckets =
    evidence.series.find((one) => one.metric.name === metric.name && JSON.stringify(one.segment) === key)?.buckets ?? [];
  const letter = String.fromCharCode(65 + (index % 26));
  return {
    id: `f${index + 1}`,
    kind: judgement.kind,
    metric: metric.name,
    segment,
    at: iso(at),
    interval: interval && [iso(interval[0])!, iso(interval[1])!],
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
    action: action(judgement, cause),
    chart: chartOf(judgement, buckets, evidence.bucketMs, letter, chartTitle(judgement)),
    examples: ownExamples(item, index, groups) ? await findExamples(evidence, judgement) : { before: [], after: [] },
  };
}

function chartTitle({ words, peers, metric, segment }: Judgement): string {
  if (peers) return `${metric.plain} by ${Object.keys(segment)[0]}`;
  const name = words ? 'words whose share of answers changed most' : metric.plain;
  return [name, ...Object.values(segment)].join(', ');
}

/** Before and after in the metric's unit: of a stall the calls expected and seen. */
function levelsOf({ before, after, change, stall }: Judgement): Pick<ReportFinding, 'before' | 'after' | 'change'> {
  if (stall) return { before: Math.round(stall.expected), after: stall.seen, change: Math.round(stall.seen - stall.expected) };
  return { before: before?.mean ?? null, after: after?.mean ?? null, change };
}

function widthOf(bucketMs: number): string {
  const [unit, size]: [string, number] =
    bucketMs >= DAY_MS ? ['day', DAY_MS] : bucketMs >= HOUR_MS ? ['hour', HOUR_MS] : ['minute', MINUTE_MS];
  return bucketMs === size ? unit : `${count(bucketMs / size)} ${unit}s`;
}

function mappingOf({ imported: { mapping } }: Evidence): Record<string, string> {
  const fields = Object.entries(mapping.fields).map(([field, { name }]) => [field, name]);
  return Object.fromEntries([...fields, ...mapping.segments.map(({ name }) => [`segment ${name}`, name])]) as Record<
    string,
    string
  >;
}

function assumptions({ imported, overview, bucketMs, judged }: Evidence): string[] {
  const { rows, recoded, unread_scores: unread, from } = overview;
  return [
    ...imported.assumptions,
    ...(recoded > 0 ? [`${count(recoded)} rows were not UTF-8 and were read as Windows-1252.`] : []),
    ...(unread > 0 ? [`${count(unread)} scores are neither numbers nor words for right or wrong and count as missing.`] : []),
    ...(from === null && rows > 0
      ? ['The log has no time, so cohorts were compared and changes over time were not looked for.']
      : []),
    ...(bucketMs > 0
      ? [
          `Judged by ${widthOf(bucketMs)}, ${count(judged.tests)} series and comparisons in all; a finding holds with a false discovery rate of 5 %.`,
        ]
      : []),
  ];
}
