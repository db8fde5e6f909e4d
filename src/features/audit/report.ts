import { DAY_MS } from '../../platform/clock.ts';
import { version } from '../../platform/version.ts';
import { assumptions, mappingOf } from './assumed.ts';
import type { Evidence } from './audit.ts';
import { explain, group, type Told } from './causes.ts';
import { placeExamples } from './examples.ts';
import { near, type Judgement } from './judge.ts';
import { volume } from './metrics.ts';
import type { AuditReport } from './model.ts';
import { byCost, groupTitle, nameGroups, price, type Priced } from './order.ts';
import { counted } from './report/format.ts';
import { listRejectReasons } from './store.ts';
import { isSuccession } from './switches.ts';
import { becauseOf, title, verdict } from './words.ts';
import { iso, writeFinding } from './write-finding.ts';

/** Turns what was judged into the facts of the report: causes, groups, prices, words, charts, examples. */
export async function writeReport(
  evidence: Evidence,
  { now, perSuccessUsd }: { now: Date; perSuccessUsd: number | null },
): Promise<AuditReport> {
  const { judged, overview, imported, bucketMs } = evidence;
  const releases = evidence.dimensions.map(({ name }) => name).filter((name) => isSuccession(name, evidence.series));
  const told = await Promise.all(
    judged.judgements.filter((one) => !isDeployment(one, releases)).map((judgement) => explain(evidence, judgement)),
  );
  const findings = price(evidence, group(withoutRetold(told, 3 * bucketMs), 2 * bucketMs), perSuccessUsd);
  const ordered = findings.sort(byCost);
  const groups = nameGroups(ordered);
  const written = await Promise.all(ordered.map((finding, i) => writeFinding(evidence, finding, i, groups)));
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
      unread: imported.unread,
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
    assumptions: assumptions(evidence, releases),
    rejectedReasons: await listRejectReasons(evidence.store),
    rejectedFiles: imported.rejectedFiles,
    steady: judged.steady.filter(({ moved }) => moved === undefined).map(({ plain }) => plain),
    moved: judged.steady.filter(({ moved }) => moved !== undefined).map(({ plain, moved }) => `${plain} (${moved})`),
    // Of a release that had its time no more rows will come.
    undecided: judged.undecided
      .filter(({ segment }) => !releases.some((column) => column in segment))
      .map(({ metric, segment, needs }) => ({
        metric: metric.name,
        metricName: metric.plain,
        segment,
        needs: needsOf(needs, evidence),
      })),
  };
}

/** Of values that follow one another, none is news for coming or going: that is said once for the column. */
const isDeployment = ({ movedTo, metric, segment }: Judgement, releases: readonly string[]) =>
  (movedTo !== undefined || metric.name === volume.name) && releases.some((column) => column in segment);

/** That calls moved between the values of a column is no news where that is the cause of another finding. */
const withoutRetold = (told: readonly Told[], slackMs: number): Told[] =>
  told.filter(
    ({ judgement: move }) =>
      move.movedTo === undefined ||
      !told.some(
        ({ judgement, explained: { cause } }) => cause && cause.dimension in move.segment && near(judgement, move, slackMs),
      ),
  );

/** Rows to come; where the log is short of days, that many days of them. */
function needsOf(rows: number, { overview, bucketMs }: Evidence): string {
  const days =
    bucketMs > 0 && overview.rows > 0 ? Math.ceil((rows / overview.rows) * ((overview.to! - overview.from!) / DAY_MS)) : 0;
  return `${counted(rows, 'more row')}${days > 0 ? `, about ${counted(days, 'more day')} like these` : ''}`;
}

/** That calls kept coming says nothing about them. */
const judgedMetrics = ({ steady }: Evidence['judged']) => steady.filter(({ name }) => name !== volume.name).length;

/** Fields that say how a call went; `time` and `endTime` give the time to answer. */
const measures = ['score', 'latency', 'endTime', 'cost', 'error'] as const;

function verdictOf({ judged, overview, cohorts, imported }: Evidence, ordered: readonly Priced[]): string {
  const first = ordered.find(({ judgement }) => judgement.direction === 'worse' && judgement.kind !== 'mix') ?? ordered[0];
  return verdict(
    first
      ? {
          title: title(first.judgement),
          because: becauseOf(first.judgement, first.explained),
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
      textsOnly:
        overview.with_score === 0 &&
        imported.mapping.scores.length === 0 &&
        !measures.some((field) => imported.mapping.fields[field]),
      moved: judged.steady.filter(({ moved }) => moved !== undefined).map(({ plain, moved }) => `${plain} moved (${moved})`),
      // A log without times has segments only.
      open: judged.undecided
        .filter(({ segment }) => overview.from === null || Object.keys(segment).length === 0)
        .map(({ metric }) => metric.plain),
    },
  );
}
