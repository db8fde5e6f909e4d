/** The words of a report, decided once: terminal, HTML and PDF only lay them out. Every text in here has been cleaned. */
import type { AuditReport, Cohort, Example, ReportFinding, Unit } from '../model.ts';
import { chartInWords } from './chart-words.ts';
import { change, count, counted, dated, day, fromTo, money, perMonth, quantity, span, withInterval } from './format.ts';
import { clean, cut, line, place } from './text.ts';

/** How much something needs a person: colours follow it. */
export type Tone = 'bad' | 'warn' | 'good' | 'calm';

export type FindingWords = ReturnType<typeof findingWords>;
export type ExampleWords = ReturnType<typeof exampleWords>;
export type ReportWords = ReturnType<typeof reportWords>;
export type Figure = { name: string; value: string; note: string };
export type Table = { caption: string; head: string[]; rows: string[][] };

/** Everything a report says. */
export function reportWords(report: AuditReport) {
  const findings = report.findings.map(findingWords);
  return {
    steward: line(report.steward),
    writtenAt: day(report.writtenAt),
    verdict: line(report.verdict, 600),
    worse: report.worse,
    source: sourceWords(report),
    figures: keyFigures(report),
    findings,
    sections: inGroups(report, findings),
    cohorts: cohortTables(report),
    mapping: Object.entries(report.input.mapping).map(([field, column]) => [line(field, 80), line(column, 200)]),
    unread: unreadWords(report),
    assumptions: report.assumptions.map((text) => line(text, 600)),
    rejected: rejectedWords(report),
    rejectedReasons: report.rejectedReasons.map(({ reason, rows }) => [line(reason, 300), count(rows)]),
    steady: named(report.steady),
    moved: named(report.moved),
    undecided: report.undecided.slice(0, MOST_UNDECIDED).map(undecidedWords),
    undecidedMore: moreWords(report),
    undecidedCount: report.undecided.length,
    nothing: report.findings.length === 0 ? nothingWords(report) : null,
    order: orderWords(report),
  };
}

/** In which order findings stand. */
const orderWords = ({ findings: [first, ...rest] }: AuditReport): string =>
  first?.severity === 'page' && first.moneyPerMonthUsd === null && rest.some((f) => (f.moneyPerMonthUsd ?? 0) >= 1)
    ? 'Lost answers first, as they have no price (--value-per-success gives one); then most costly first.'
    : 'Most costly first.';

function sourceWords({ input }: AuditReport) {
  const files = input.files.map((file) => line(file, 200));
  const shown = files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
  return { files: shown || 'standard input', period: periodWords(input), rows: counted(input.rows, 'row') };
}

const periodWords = ({ from, to }: AuditReport['input']) => (from && to ? span(from, to) : null);

function nothingWords({ steady, moved, input, undecided, cohorts }: AuditReport): string {
  if (input.rows === 0) return 'There was no row to judge.';
  if (moved.length > 0) return 'Nothing changed by as much as counts.';
  if (steady.length === 0)
    return undecided.length > 0
      ? 'Nothing could be judged yet; what it would take stands below.'
      : input.from === null && cohorts.length === 0
        ? 'Nothing could be judged: the log has no time, and no column by whose values calls could be compared. --map time=COLUMN names the time, --group-by COLUMN the groups.'
        : input.rows === 1
          ? 'Nothing could be judged: one row cannot show a change.'
          : input.from === input.to
            ? 'Nothing could be judged: all rows have the same time. --map time=COLUMN names another column, --group-by COLUMN compares groups.'
            : holdsSomething(input)
              ? `Nothing could be judged: ${counted(input.rows, 'row')} are too few, or too close in time, to show a change.`
              : 'Nothing could be judged: no column holds a score, a cost, a time to answer or texts that could be compared. --map FIELD=COLUMN names one.';
  return input.from === null ? 'The groups are alike in what could be judged.' : 'Nothing changed that the log can show.';
}

const holdsSomething = ({ mapping }: AuditReport['input']) =>
  ['output', 'score', 'latency', 'cost', 'error'].some((field) => field in mapping);

/** Metrics as one list. */
function named(metrics: readonly string[]): string | null {
  if (metrics.length === 0) return null;
  const names = metrics.map((name) => line(name, 120));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const MOST_UNREAD = 40;

function unreadWords({ input: { unread } }: AuditReport): string | null {
  if (unread.length === 0) return null;
  const more = unread.length > MOST_UNREAD ? ` and ${count(unread.length - MOST_UNREAD)} more` : '';
  const names = unread.slice(0, MOST_UNREAD).map((name) => line(name, 80));
  return `Nothing was read from: ${names.join(', ')}${more}. --map FIELD=COLUMN reads one as a field, --group-by COLUMN compares its values.`;
}

function rejectedWords({ input, rejectedFiles }: AuditReport): string | null {
  if (input.rejected === 0) return null;
  const where =
    rejectedFiles.length > 0 ? `, written with line number and reason to ${rejectedFiles.map((f) => line(f)).join(', ')}` : '';
  return `${counted(input.rejected, 'row')} could not be read${where}.`;
}

/** More are a list that nobody reads: findings.json has them all. */
const MOST_UNDECIDED = 30;

const moreWords = ({ undecided }: AuditReport): string | null =>
  undecided.length > MOST_UNDECIDED ? `and ${count(undecided.length - MOST_UNDECIDED)} more in findings.json (--json)` : null;

const undecidedWords = ({ metricName, segment, needs }: AuditReport['undecided'][number]) => ({
  what: [line(metricName, 120), segmentWords(segment)].filter(Boolean).join(', '),
  needs: line(needs, 160),
});

// Four figures a lead can quote: the worst change, its price, how much was found, in how much.
function keyFigures(report: AuditReport): Figure[] {
  return [worstFigure(report), moneyFigure(report), foundFigure(report), rowsFigure(report)];
}

function worstFigure({ findings, steady }: AuditReport): Figure {
  const worst =
    findings.find((f) => f.direction === 'worse' && f.before !== null) ??
    findings.find((f) => f.before !== null && !isWording(f));
  if (!worst)
    return { name: 'Steady', value: count(steady.length), note: steady.length === 1 ? 'metric judged' : 'metrics judged' };
  const name = line(worst.metricName, 80);
  return {
    name: name.charAt(0).toUpperCase() + name.slice(1),
    value: valuesOf(worst) ?? '',
    note: isStall(worst) ? '' : (change(worst) ?? ''),
  };
}

// The same loss shows in several segments, so of each metric only the largest finding counts.
function moneyFigure({ findings }: AuditReport): Figure {
  const name = 'Cost of what got worse';
  const priced = findings.filter((f) => f.direction === 'worse' && f.moneyPerMonthUsd !== null);
  if (!findings.some((f) => f.direction === 'worse')) return { name, value: '$0', note: 'nothing got worse' };
  if (priced.length === 0) return { name, value: 'not known', note: 'no price was given: --value-per-success' };
  const worst = new Map<string, number>();
  for (const f of priced) worst.set(f.metric, Math.max(worst.get(f.metric) ?? 0, f.moneyPerMonthUsd ?? 0));
  const total = [...worst.values()].reduce((a, b) => a + b, 0);
  // What has no price may be the dearest.
  const open = findings.find((f) => f.direction === 'worse' && f.severity !== 'watch' && !worst.has(f.metric));
  const rest =
    open && (open.unit === 'rate' || open.unit === 'score') ? `, without ${line(open.metricName, 60)}: --value-per-success` : '';
  return { name, value: money(total), note: `a month, the largest finding of each metric${rest}` };
}

function foundFigure({ findings }: AuditReport): Figure {
  const sum = (direction: string) => findings.filter((f) => f.direction === direction).length;
  return {
    name: 'Findings',
    value: count(findings.length),
    note:
      findings.length === 0 ? 'nothing changed' : `${sum('worse')} worse, ${sum('better')} better, ${sum('changed')} different`,
  };
}

function rowsFigure({ input }: AuditReport): Figure {
  const rejected = input.rejected > 0 ? `, ${count(input.rejected)} rejected` : '';
  return { name: 'Rows', value: count(input.rows), note: (periodWords(input) ?? 'no dates') + rejected };
}

const badges = {
  page: { icon: '●', tone: 'bad' },
  ticket: { icon: '◐', tone: 'warn' },
  watch: { icon: '○', tone: 'calm' },
} as const;

const directions = { worse: 'worse', better: 'better', changed: 'different' };

function toneOf({ direction, severity }: ReportFinding): Tone {
  if (direction === 'better') return 'good';
  return direction === 'changed' && severity === 'watch' ? 'calm' : badges[severity].tone;
}

function findingWords(finding: ReportFinding) {
  return {
    id: line(finding.id, 20),
    icon: badges[finding.severity].icon,
    tone: toneOf(finding),
    severity: finding.severity,
    direction: directions[finding.direction],
    title: line(finding.title, 400),
    metric: line(finding.metricName, 120),
    where: segmentWords(finding.segment),
    when: dated(finding.at, finding.interval),
    values: valuesOf(finding),
    change: isWording(finding) || isStall(finding) ? null : change(finding),
    // Of a stall they are the values.
    sample: isStall(finding) ? null : `${count(finding.n[0])} → ${count(finding.n[1])}`,
    chance: chanceWords(finding.q),
    money: perMonth(finding.moneyPerMonthUsd),
    cause: finding.cause && causeWords(finding.cause),
    explanation: line(finding.explanation, 1200),
    /** Nothing where the first finding of the same cause has said it. */
    action: line(finding.action, 600) as string | null,
    chart: finding.chart && chartInWords(finding.chart, finding.unit),
    before: finding.examples.before.map(exampleWords),
    after: finding.examples.after.map(exampleWords),
  };
}

function valuesOf(finding: ReportFinding): string | null {
  if (isWording(finding)) return toldApart(finding);
  if (isStall(finding))
    return `${count(finding.after ?? 0)} instead of about ${counted(Math.round(finding.before ?? 0), 'call')}`;
  return fromTo(finding.before, finding.after, finding.unit);
}

const isStall = ({ kind }: Pick<ReportFinding, 'kind'>) => kind === 'stall';
const isWording = ({ metric }: ReportFinding) => metric === 'text';

/** "answers told apart 83 % (80–86) of the time; by chance 50 %": how different texts are has no other unit. */
function toldApart({ after, ci95 }: ReportFinding): string | null {
  if (after === null) return null;
  const share = ci95 ? withInterval(after, CHANCE + ci95[0], CHANCE + ci95[1], 'rate') : quantity(after, 'rate');
  return `answers told apart ${share} of the time; by chance 50 %`;
}

const CHANCE = 0.5;

function chanceWords(q: number | null): string | null {
  if (q === null || !Number.isFinite(q)) return null;
  if (q < 0.0001) return 'below 1 in 10,000';
  return q < 0.5 ? `1 in ${count(Number((1 / q).toPrecision(2)))}` : quantity(q, 'rate');
}

const segmentWords = (segment: Record<string, string>): string | null => {
  const parts = Object.entries(segment).map(([key, value]) => place(line(key, 60), line(value, 80)));
  return parts.length > 0 ? cut(parts.join(', '), 240) : null;
};

const causeWords = ({ dimension, value, share }: NonNullable<ReportFinding['cause']>) =>
  `${place(line(dimension, 60), line(value, 120))} explains ${quantity(share, 'rate')} of it`;

function exampleWords(example: Example) {
  const text = (value: string | null) => (value === null ? null : clean(value));
  const where = `${line(example.file, 160)}:${example.line}`;
  const head = [example.at && dated(example.at, null), example.model && line(example.model, 80)].filter((part) => part !== null);
  return {
    place: where,
    head: head.join(' · '),
    facts: Object.entries(example.facts)
      .slice(0, 12)
      .map(([name, value]) => `${line(name, 40)} ${line(value, 80)}`),
    texts: [
      { name: 'Input', text: text(example.input) },
      { name: 'Output', text: text(example.output) },
      { name: 'Expected', text: text(example.expected) },
    ].flatMap(({ name, text }) => (text ? [{ name, text }] : [])),
  };
}

export type GroupWords = ReturnType<typeof groupWords>;
export type Section = { group: GroupWords | null; findings: FindingWords[] };

/** Findings with one cause stand together under it, where the first of them stands. */
function inGroups(report: AuditReport, findings: FindingWords[]): Section[] {
  const groups = new Map(report.groups.filter((g) => g.findings.length > 1).flatMap((g) => g.findings.map((id) => [id, g])));
  const told = new Set<string>();
  return findings.flatMap((finding): Section[] => {
    const group = groups.get(finding.id);
    if (!group) return [{ group: null, findings: [finding] }];
    if (told.has(group.id)) return [];
    told.add(group.id);
    const members = findings.filter((f) => groups.get(f.id) === group);
    return [{ group: groupWords(group), findings: members.map((f, i) => toldOnce(f, i, members, group)) }];
  });
}

// What the group or its first finding says of all, the others need not say again.
const toldOnce = (finding: FindingWords, i: number, all: FindingWords[], group: AuditReport['groups'][number]) => ({
  ...finding,
  cause: group.cause ? null : finding.cause,
  action: all.findIndex(({ action }) => action === finding.action) < i ? null : finding.action,
});

const groupWords = (group: AuditReport['groups'][number]) => ({
  title: line(group.title, 400),
  // Cohorts have no date: they are one comparison, not one event.
  label: group.at ? 'One cause' : 'One comparison',
  when: group.at && dated(group.at, null),
  cause: group.cause && causeWords(group.cause),
});

function cohortTables({ cohorts, metrics }: AuditReport): Table[] {
  const dimensions = [...new Set(cohorts.map((cohort) => cohort.by))];
  return dimensions.map((by) =>
    cohortTable(
      by,
      cohorts.filter((cohort) => cohort.by === by),
      metrics,
    ),
  );
}

function cohortTable(by: string, cohorts: Cohort[], metrics: AuditReport['metrics']): Table {
  const columns = Object.entries(metrics).filter(([metric]) =>
    cohorts.some((cohort) => typeof cohort.metrics[metric] === 'number'),
  );
  // What is counted stands in the name of the column.
  const cell = (value: number | null | undefined, unit: Unit) =>
    typeof value === 'number' ? quantity(value, unit).replace(/ (tokens?|characters?)$/, '') : '–';
  const heading = ({ name, unit }: { name: string; unit: Unit }) =>
    line(unit === 'characters' ? `${name}, characters` : name, 80);
  return {
    caption: line(by, 80),
    head: [line(by, 80), 'Rows', ...columns.map(([, metric]) => heading(metric))],
    rows: cohorts.map((c) => [
      line(c.value, 120),
      count(c.n),
      ...columns.map(([metric, { unit }]) => cell(c.metrics[metric], unit)),
    ]),
  };
}

/** The numbers of a finding, each with its name, in the order in which they are read. */
export function factsOf(f: FindingWords): [string, string][] {
  const facts: [string, string | null][] = [
    ['When', f.when],
    ['Where', f.where],
    [f.metric.charAt(0).toUpperCase() + f.metric.slice(1), f.values],
    ['Change (95 % interval)', f.change],
    ['Rows before → after', f.sample],
    ['Money', f.money],
    ['Cause', f.cause],
    ['By luck alone', f.chance],
  ];
  return facts.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
}

/** When and why, of findings with one cause. */
export const groupNote = ({ when, cause }: GroupWords): string => [when, cause].filter(Boolean).join(' · ');
