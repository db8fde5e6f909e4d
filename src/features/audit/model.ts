import { z } from 'zod';

export const Direction = z.enum(['worse', 'better', 'changed']);
export const Severity = z.enum(['page', 'ticket', 'watch']);
export const FindingKind = z.enum(['step', 'drift', 'incident', 'stall', 'mix', 'cohort']);

/** How numbers of a metric are written. */
export const Unit = z.enum([
  'rate',
  'seconds',
  'usd',
  'tokens',
  'characters',
  'calls',
  'calls/hour',
  'calls/day',
  'calls/week',
  'score',
  'distance',
]);
export type Unit = z.infer<typeof Unit>;

const Pair = z.tuple([z.number(), z.number()]);

export const Cause = z.object({
  dimension: z.string().describe('The column that explains the change, e.g. model.'),
  value: z.string(),
  share: z.number().min(0).max(1).describe('Share of the change that this value explains.'),
});

export type Cause = z.infer<typeof Cause>;

/** Something got worse, better or merely different, with its proof. */
export const Finding = z.object({
  id: z.string().describe('f1, f2 … in the order of the report.'),
  kind: FindingKind,
  metric: z.string(),
  segment: z.record(z.string(), z.string()).describe('The rows it is about; empty: all of them.'),
  at: z.string().nullable().describe('When it changed, ISO. Nothing for comparisons without a date.'),
  interval: z.tuple([z.string(), z.string()]).nullable().describe('95 % interval of the date.'),
  until: z
    .string()
    .nullable()
    .describe('When it was over, ISO: of an incident and of a stall; of a drift, the end of the slope. Nothing where it lasts.'),
  unit: Unit.describe('Of before, after, change and ci95.'),
  before: z.number().nullable().describe('Of a stall: the calls expected in that time.'),
  after: z.number().nullable().describe('Of a stall: the calls seen in that time.'),
  change: z
    .number()
    .nullable()
    .describe('after − before, in the unit of the metric. Of `text`: how often answers are told apart, less the half of chance.'),
  ci95: Pair.nullable().describe('95 % interval of the change.'),
  q: z.number().nullable().describe('p-value, adjusted for everything that was tested (Benjamini–Hochberg).'),
  n: Pair.describe('Rows before and after.'),
  direction: Direction,
  severity: Severity,
  cause: Cause.nullable(),
  group: z.string().nullable().describe('Findings with one cause share a group: g1, g2 …'),
  moneyPerMonthUsd: z
    .number()
    .nullable()
    .describe('What it costs a month of 30.44 days; negative: saves. Nothing: no price known.'),
  explanation: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const Cohort = z.object({
  by: z.string(),
  value: z.string(),
  n: z.number().int(),
  metrics: z.record(z.string(), z.number().nullable()),
});
export type Cohort = z.infer<typeof Cohort>;

export const Undecided = z.object({
  metric: z.string(),
  segment: z.record(z.string(), z.string()),
  needs: z.string().describe('e.g. "310 more rows"'),
});

export const AuditInput = z.object({
  files: z.array(z.string()),
  rows: z.number().int(),
  rejected: z.number().int(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  mapping: z.record(z.string(), z.string()).describe('Steward field → column of the log.'),
  unread: z.array(z.string()).describe('Columns of the log of which nothing was read.'),
});

/** The machine-readable answer: findings.json. */
export const Findings = z.object({
  steward: z.string(),
  input: AuditInput,
  findings: z.array(Finding),
  cohorts: z.array(Cohort),
  undecided: z.array(Undecided),
});
export type Findings = z.infer<typeof Findings>;

/** One bucket of a chart. A missing bucket is absent and drawn as a gap, never as zero. */
export const ChartPoint = z.object({
  at: z.number().describe('Start of the bucket, ms.'),
  value: z.number(),
  low: z.number().describe('95 % interval of the value.'),
  high: z.number(),
  n: z.number(),
});

const Share = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** What a finding's picture shows; the same in terminal, HTML and PDF. */
export const Chart = z.object({
  title: z.string(),
  unit: Unit,
  bucketMs: z.number(),
  points: z.array(ChartPoint),
  /** Mean before and after, drawn as level lines; the first is the baseline band. */
  levels: z.array(z.object({ from: z.number(), to: z.number(), value: z.number(), low: z.number(), high: z.number() })),
  /** Of calls that follow the week or the day: where each bucket usually lies, in place of a band over the level before. */
  usual: z.array(z.object({ at: z.number(), low: z.number(), high: z.number() })).optional(),
  change: z.object({ at: z.number(), interval: Pair.nullable(), letter: z.string() }).nullable(),
  /** For stalls the silent time, for incidents how long they lasted: shaded. */
  shaded: z.array(Pair),
  /** Of a change of wording, in place of all that: the shares of answers that hold a word, before and after. */
  bars: z.array(z.object({ label: z.string(), before: Share, after: Share })).optional(),
  /** Of a comparison: the metric of each cohort, with the two that were compared. */
  cohorts: z.array(Share.extend({ label: z.string(), side: z.enum(['before', 'after']).nullable() })).optional(),
});
export type Chart = z.infer<typeof Chart>;

/** One row of the log, shown as evidence. Every text in it is hostile. */
export const Example = z.object({
  file: z.string(),
  line: z.number().int(),
  at: z.string().nullable(),
  model: z.string().nullable(),
  input: z.string().nullable().describe('Cut to a readable length; `…` says so.'),
  output: z.string().nullable(),
  expected: z.string().nullable(),
  facts: z.record(z.string(), z.string()).describe('What matters for this finding, e.g. { score: "0", latency: "8.0 s" }'),
});
export type Example = z.infer<typeof Example>;

export const ReportFinding = Finding.extend({
  title: z.string().describe('One sentence that could be read aloud.'),
  metricName: z.string().describe('The metric in plain words, e.g. "right answers".'),
  action: z.string().describe('What to do next.'),
  chart: Chart.nullable(),
  examples: z.object({ before: z.array(Example), after: z.array(Example) }),
});
export type ReportFinding = z.infer<typeof ReportFinding>;

/** Everything the report shows, in any form: facts only, no layout. */
export const AuditReport = z.object({
  steward: z.string(),
  writtenAt: z.string(),
  verdict: z.string().describe('One sentence that could be read aloud.'),
  worse: z.boolean(),
  judged: z.boolean().describe('Something could be judged at all.'),
  input: AuditInput,
  /** Several findings with one cause, told once. */
  groups: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      at: z.string().nullable(),
      findings: z.array(z.string()),
      cause: Cause.nullable(),
    }),
  ),
  findings: z.array(ReportFinding).describe('Ordered by what they cost.'),
  cohorts: z.array(Cohort),
  metrics: z
    .record(z.string(), z.object({ name: z.string(), unit: Unit }))
    .describe('Names and units of the metrics in `cohorts`.'),
  assumptions: z.array(z.string()).describe('What was assumed about the log, each a sentence.'),
  rejectedReasons: z.array(z.object({ reason: z.string(), rows: z.number().int() })),
  rejectedFiles: z.array(z.string()).describe('Where the rejected rows were written.'),
  steady: z.array(z.string()).describe('Metrics that were judged and did not change, in plain words.'),
  moved: z.array(z.string()).describe('Metrics that moved beyond chance, by less than what makes a finding, with their figures.'),
  undecided: z.array(Undecided.extend({ metricName: z.string() })),
});
export type AuditReport = z.infer<typeof AuditReport>;
