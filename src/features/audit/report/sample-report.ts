/** Reports as a real audit would write them, for tests and for looking at. */
import type { AuditReport, Example, ReportFinding } from '../model.ts';
import { INTERVAL, stallChart, stepChart } from './sample-charts.ts';

const example = (lineNumber: number, at: string, output: string, score: string): Example => ({
  file: 'prime-stream.jsonl',
  line: lineNumber,
  at,
  model: 'gpt-4',
  input: 'Is 17077 a prime number? Think step by step and then answer [Yes] or [No].',
  output,
  expected: '[Yes]',
  facts: { score, latency: score === '1' ? '8.0 s' : '2.4 s' },
});

const worked =
  'To determine whether 17077 is a prime number, we check its divisibility by the primes up to its square root, about 130.7.\n\n' +
  [2, 3, 5, 7, 11, 13, 17, 19, 23].map((p) => `17077 ÷ ${p} leaves a remainder of ${17077 % p}.`).join('\n') +
  '\n\nNone of the primes up to 130 divides it.\n\n[Yes]';

const base = {
  kind: 'step',
  segment: {},
  at: '2026-06-03T00:00:00.000Z',
  interval: INTERVAL,
  until: null,
  q: 1e-9,
  n: [1000, 1000],
  severity: 'ticket',
  cause: null,
  group: 'g1',
  moneyPerMonthUsd: null,
  examples: { before: [], after: [] },
} satisfies Partial<ReportFinding>;

const score: ReportFinding = {
  ...base,
  id: 'f1',
  metric: 'score',
  before: 0.84,
  after: 0.5,
  change: -0.34,
  ci95: [-0.38, -0.3],
  direction: 'worse',
  severity: 'page',
  cause: { dimension: 'model', value: 'gpt-4', share: 0.97 },
  moneyPerMonthUsd: 2140,
  explanation:
    'Right answers fell in every customer segment on the same day, and only where gpt-4 answered. The questions are the same as before, so the model changed behind its name.',
  title: 'Right answers fell from 84 % to 50 % on 3 June 2026.',
  metricName: 'right answers',
  unit: 'rate',
  action: 'Pin the model to its dated version, or send these calls to another model until the prompt has been mended.',
  chart: stepChart({
    title: 'Right answers',
    unit: 'rate',
    before: 0.84,
    after: 0.5,
    spread: 0.05,
    letter: 'A',
    missing: [12, 13, 14, 44],
  }),
  examples: {
    before: [example(14, '2026-05-01T09:12:00Z', worked, '1'), example(402, '2026-05-18T16:40:00Z', worked, '1')],
    after: [example(1204, '2026-06-05T08:02:00Z', '[No]', '0'), example(1391, '2026-06-11T10:31:00Z', 'No.', '0')],
  },
};

const latency: ReportFinding = {
  ...base,
  id: 'f2',
  metric: 'latency_s',
  before: 8.0,
  after: 2.4,
  change: -5.6,
  ci95: [-5.8, -5.4],
  direction: 'better',
  severity: 'watch',
  explanation: 'Answers come faster because they are shorter.',
  title: 'Answers take 2.4 s instead of 8.0 s.',
  metricName: 'time to answer',
  unit: 'seconds',
  action: 'Nothing on its own: it is the same change.',
  chart: stepChart({ title: 'Time to answer', unit: 'seconds', before: 8, after: 2.4, spread: 0.5, letter: 'B' }),
};

const cost: ReportFinding = {
  ...base,
  id: 'f3',
  metric: 'cost_usd',
  before: 0.0138,
  after: 0.0041,
  change: -0.0097,
  ci95: [-0.0101, -0.0093],
  direction: 'better',
  severity: 'watch',
  moneyPerMonthUsd: -310,
  explanation: 'Shorter answers cost less.',
  title: 'A call costs $0.0041 instead of $0.0138.',
  metricName: 'cost per call',
  unit: 'usd',
  action: 'Weigh it against the wrong answers.',
  chart: stepChart({ title: 'Cost per call', unit: 'usd', before: 0.0138, after: 0.0041, spread: 0.0008, letter: 'C' }),
};

const length: ReportFinding = {
  ...base,
  id: 'f4',
  metric: 'output_length',
  before: 1873,
  after: 312,
  change: -1561,
  ci95: [-1610, -1512],
  direction: 'changed',
  explanation: 'The working before the answer is gone.',
  title: 'Answers are 83 % shorter.',
  metricName: 'length of the answer',
  unit: 'characters',
  action: 'Ask for the working again in the prompt.',
  chart: stepChart({ title: 'Length of the answer', unit: 'characters', before: 1873, after: 312, spread: 120, letter: 'D' }),
};

const stall: ReportFinding = {
  ...base,
  id: 'f5',
  kind: 'stall',
  metric: 'volume',
  segment: { workflow: 'invoice-sync' },
  at: '2026-06-27T14:00:00.000Z',
  interval: null,
  until: '2026-06-28T07:00:00.000Z',
  before: 24,
  after: 0,
  change: -24,
  ci95: null,
  q: 2e-4,
  n: [1368, 0],
  direction: 'worse',
  severity: 'page',
  group: null,
  moneyPerMonthUsd: 1250,
  explanation: 'About 24 calls came every day, nights and weekends included. None has come since 27 June, 14:00.',
  title: 'Invoice sync has been silent since 27 June 2026.',
  metricName: 'calls a day',
  unit: 'calls',
  action: 'Look at the job that starts it, and at the key it uses.',
  chart: stallChart(),
};

const mix: ReportFinding = {
  ...base,
  id: 'f6',
  kind: 'mix',
  metric: 'refusal_rate',
  at: '2026-05-20T00:00:00.000Z',
  interval: ['2026-05-17T00:00:00.000Z', '2026-05-25T00:00:00.000Z'],
  until: null,
  before: 0.031,
  after: 0.062,
  change: 0.031,
  ci95: [0.012, 0.05],
  q: 0.003,
  n: [640, 1360],
  direction: 'changed',
  severity: 'watch',
  cause: { dimension: 'customer', value: 'trial', share: 0.91 },
  group: null,
  explanation:
    'Each customer is refused as often as before; more questions come from trial customers, who are refused more often.',
  title: 'Refusals doubled because more trial customers ask.',
  metricName: 'refusals',
  unit: 'rate',
  action: 'No repair is needed. Decide whether trial customers should be served.',
  chart: null,
};

const cohort: ReportFinding = {
  ...base,
  id: 'f7',
  kind: 'cohort',
  metric: 'score',
  segment: { model: 'gpt-3.5' },
  at: null,
  interval: null,
  until: null,
  before: 0.488,
  after: 0.762,
  change: 0.274,
  ci95: [0.23, 0.31],
  direction: 'better',
  severity: 'watch',
  group: null,
  explanation: 'The June version of gpt-3.5 is right more often than the March version, on the same questions.',
  title: 'gpt-3.5 of June is right more often than gpt-3.5 of March.',
  metricName: 'right answers',
  unit: 'rate',
  action: 'Try it where gpt-4 got worse.',
  chart: {
    title: 'Right answers by model',
    unit: 'rate',
    bucketMs: 0,
    points: [],
    levels: [],
    change: null,
    shaded: [],
    cohorts: [
      { label: 'openai/gpt-4 (March)', value: 0.84, low: 0.82, high: 0.86, side: null },
      { label: 'openai/gpt-4 (June)', value: 0.5, low: 0.47, high: 0.53, side: null },
      { label: 'openai/gpt-3.5 (March)', value: 0.488, low: 0.46, high: 0.52, side: 'before' },
      { label: 'openai/gpt-3.5 (June)', value: 0.762, low: 0.74, high: 0.79, side: 'after' },
    ],
  },
};

const wording: ReportFinding = {
  ...base,
  id: 'f8',
  kind: 'step',
  metric: 'text',
  before: 0.5,
  after: 0.83,
  change: 0.33,
  ci95: [0.3, 0.36],
  direction: 'changed',
  severity: 'watch',
  group: null,
  explanation:
    'The wording of answers changed on 3 June 2026. More answers hold "sorry" (2 % → 41 %); fewer hold "because" (72 % → 8 %).',
  title: 'The wording of answers changed on 3 June 2026.',
  metricName: 'wording of answers',
  unit: 'rate',
  action: 'Make sure the change was meant.',
  chart: {
    title: 'Words whose share of answers changed most',
    unit: 'rate',
    bucketMs: 0,
    points: [],
    levels: [],
    change: null,
    shaded: [],
    bars: [
      { label: 'because', before: { value: 0.72, low: 0.69, high: 0.75 }, after: { value: 0.08, low: 0.06, high: 0.1 } },
      { label: 'sorry', before: { value: 0.02, low: 0.01, high: 0.03 }, after: { value: 0.41, low: 0.38, high: 0.44 } },
      { label: 'primzahl', before: { value: 0, low: 0, high: 0.004 }, after: { value: 0.12, low: 0.1, high: 0.14 } },
    ],
  },
};

/** A report with one of everything. */
export function sampleReport(): AuditReport {
  return structuredClone<AuditReport>({
    steward: '0.1.0',
    writtenAt: '2026-07-01T06:00:00.000Z',
    verdict:
      'Prime questions got worse on 3 June 2026: right answers 84 → 50 %, most likely because gpt-4 changed behind its name. About $2,140 a month.',
    worse: true,
    judged: true,
    input: {
      files: ['prime-stream.jsonl'],
      rows: 2000,
      rejected: 13,
      from: '2026-05-01T00:00:00.000Z',
      to: '2026-06-30T23:40:00.000Z',
      unread: ['region', 'temperature'],
      mapping: {
        time: 'timestamp',
        model: 'model',
        input: 'prompt',
        output: 'response',
        expected: 'answer',
        latency_s: 'duration_ms',
      },
    },
    groups: [
      {
        id: 'g1',
        title: 'On 3 June 2026 gpt-4 stopped showing its working, and four things changed with it.',
        at: '2026-06-03T00:00:00.000Z',
        findings: ['f1', 'f2', 'f3', 'f4'],
        cause: { dimension: 'model', value: 'gpt-4', share: 0.97 },
      },
    ],
    findings: [score, stall, length, latency, cost, mix, cohort, wording],
    cohorts: [
      { by: 'model', value: 'gpt-4 (March)', n: 1000, metrics: { score: 0.84, latency_s: 8.0, cost_usd: 0.0138 } },
      { by: 'model', value: 'gpt-4 (June)', n: 1000, metrics: { score: 0.5, latency_s: 2.4, cost_usd: 0.0041 } },
      { by: 'model', value: 'gpt-3.5 (March)', n: 1000, metrics: { score: 0.488, latency_s: 3.1, cost_usd: 0.0009 } },
      { by: 'model', value: 'gpt-3.5 (June)', n: 1000, metrics: { score: 0.762, latency_s: null, cost_usd: 0.0011 } },
    ],
    metrics: {
      score: { name: 'right answers', unit: 'rate' },
      latency_s: { name: 'time to answer', unit: 'seconds' },
      cost_usd: { name: 'cost per call', unit: 'usd' },
    },
    assumptions: [
      'Times without a zone are UTC.',
      'duration_ms is the time to answer, in milliseconds.',
      'An answer is right when its last [Yes] or [No] is the expected one.',
    ],
    rejectedReasons: [
      { reason: 'not valid JSON', rows: 11 },
      { reason: 'no time', rows: 2 },
    ],
    rejectedFiles: ['prime-stream.jsonl.rejected.jsonl'],
    steady: ['error rate', 'format of the answer', 'language'],
    moved: [],
    undecided: [
      { metric: 'score', metricName: 'right answers', segment: { customer: 'acme' }, needs: '310 more rows' },
      { metric: 'text', metricName: 'wording of the questions', segment: {}, needs: '1,200 more rows' },
    ],
  });
}

/** A report in which nothing changed. */
export function quietReport(): AuditReport {
  const report = sampleReport();
  return {
    ...report,
    verdict: 'Nothing got worse between 1 May and 30 June 2026: 6 metrics were judged and all were steady.',
    worse: false,
    judged: true,
    input: { ...report.input, rejected: 0 },
    groups: [],
    findings: [],
    cohorts: [],
    rejectedReasons: [],
    rejectedFiles: [],
    steady: ['right answers', 'time to answer', 'cost per call', 'error rate', 'format of the answer', 'language'],
    moved: [],
    undecided: [],
  };
}

/** A log without times: cohorts are compared, nothing is dated. */
export function undatedReport(): AuditReport {
  const report = sampleReport();
  return {
    ...report,
    verdict: 'gpt-3.5 of June is right more often than gpt-3.5 of March; nothing could be dated, because the log has no time.',
    worse: false,
    judged: true,
    input: { ...report.input, from: null, to: null },
    groups: [],
    findings: report.findings.filter((f) => f.kind === 'cohort').map((f) => ({ ...f, id: 'f1' })),
  };
}
