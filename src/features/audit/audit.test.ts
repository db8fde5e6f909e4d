import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, fixedClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import type { Progress } from '../../platform/context.ts';
import { openLog } from '../../platform/log.ts';
import { perform } from '../../platform/operation.ts';
import { Findings, type Finding } from './model.ts';
import { runAudit } from './operations.ts';
import { dayOf, rowsOf, scenarios, temporary, writeRows } from './testing.ts';

/** Audits by the only way in, from a log on disk to the exit code. */

const ctx = localContext({ now: fixedClock('2026-09-01T00:00:00Z'), config: readConfig({}), log: openLog('silent') });

let dir: ReturnType<typeof temporary>;
beforeAll(() => {
  dir = temporary();
});
afterAll(() => dir[Symbol.dispose]());

type Name = keyof typeof scenarios;
const logOf = (name: Name, seed = 7) => writeRows(join(dir.path, `${name}-${seed}.jsonl`), rowsOf(scenarios[name], seed));

async function run(input: Record<string, unknown>, context = ctx) {
  const answer = await perform(runAudit, context, input);
  return { ...answer, exitCode: runAudit.terminal!.exitCode!(answer) };
}

const daysFrom = (iso: string | null, day: number) => Math.abs(Date.parse(iso ?? '') - dayOf(day).getTime()) / DAY_MS;
const loud = ({ severity }: Finding) => severity !== 'watch';
const always = [
  'right answers',
  'time to answer',
  'cost per call',
  'refused answers',
  'empty answers',
  'cut-off answers',
  'length of answers',
  'length of questions',
  'number of calls',
  'wording of answers',
];

interface Expected {
  day: number;
  exitCode: 0 | 2;
  finding: Partial<Record<keyof Finding, unknown>>;
}

const customer = (value: string) => expect.objectContaining({ dimension: 'customer', value });
const expected: Partial<Record<Name, Expected>> = {
  step: {
    day: 30,
    exitCode: 2,
    finding: { kind: 'step', metric: 'score', direction: 'worse', severity: 'page', cause: null, until: null },
  },
  drift: { day: 15, exitCode: 2, finding: { kind: 'drift', metric: 'score', direction: 'worse', severity: 'page' } },
  stall: {
    day: 40,
    exitCode: 2,
    finding: { kind: 'stall', metric: 'volume', direction: 'worse', severity: 'ticket', segment: {}, until: expect.any(String) },
  },
  mix: { day: 30, exitCode: 0, finding: { kind: 'mix', metric: 'score', severity: 'watch', cause: customer('acme') } },
  customer: {
    day: 30,
    exitCode: 2,
    // Few of the calls, and each second answer of theirs.
    finding: { kind: 'step', metric: 'score', direction: 'worse', severity: 'page', cause: customer('acme') },
  },
  errors: {
    day: 30,
    exitCode: 2,
    finding: {
      kind: 'step',
      metric: 'error_rate',
      direction: 'worse',
      severity: 'page',
      explanation: expect.stringContaining('of them with "APITimeoutError"') as string,
    },
  },
  slow: { day: 30, exitCode: 2, finding: { kind: 'step', metric: 'latency_s', direction: 'worse', severity: 'ticket' } },
  feed: {
    day: 30,
    exitCode: 2,
    finding: { kind: 'stall', metric: 'volume', severity: 'ticket', segment: { customer: 'acme' } },
  },
  hourly: { day: 3, exitCode: 2, finding: { kind: 'step', metric: 'score', direction: 'worse', severity: 'page' } },
};

describe('one thing that happened is told once, with its date, its weight and its cause', () => {
  test.each(Object.entries(expected))('%s', async (name, { day, exitCode, finding }) => {
    const { report, exitCode: told } = await run({ files: [logOf(name as Name)] });
    expect(report.findings).toEqual([expect.objectContaining(finding)]);
    expect(daysFrom(report.findings[0]!.at, day)).toBeLessThanOrEqual(2);
    expect(told).toBe(exitCode);
    const { metricName, segment } = report.findings[0]!;
    // What stopped for one customer went on for the others.
    const steady = 'customer' in segment ? always : always.filter((metric) => metric !== metricName);
    expect(report.steady.toSorted()).toEqual(steady.toSorted());
    expect(report.undecided).toEqual([]);
    expect(report.verdict).toContain(report.findings[0]!.title);
  });
});

test('answers that are JSON no longer are a loss, though the columns inside them are empty then', async () => {
  const { report, exitCode } = await run({ files: [logOf('json')] });
  expect(Object.keys(report.input.mapping)).toContain('segment output.category');
  expect(report.findings.map(({ kind }) => kind)).not.toContain('mix');
  const broken = report.findings.filter(({ metric }) => metric === 'format_valid_rate' || metric === 'refusal_rate');
  expect(broken).toMatchObject([{ kind: 'step', direction: 'worse' }, { direction: 'worse' }]);
  expect(broken[0]!.severity).toBe('page');
  for (const { cause } of report.findings) expect(cause?.dimension).not.toBe('output.category');
  expect(exitCode).toBe(2);
});

test('each of several scores is judged by itself', async () => {
  const { report, exitCode } = await run({ files: [logOf('beside')] });
  const step = { kind: 'step', severity: 'page', direction: 'worse', group: 'g1' };
  expect(report.findings.toSorted((a, b) => a.metric.localeCompare(b.metric))).toEqual([
    expect.objectContaining({ ...step, metric: 'score:faithfulness', unit: 'score' }),
    expect.objectContaining({ ...step, metric: 'score:hallucination', unit: 'rate' }),
  ]);
  for (const { at } of report.findings) expect(daysFrom(at, 30)).toBeLessThanOrEqual(2);
  expect(report.steady).toContain('right answers');
  expect(exitCode).toBe(2);
});

test('a new prompt is named, compared with the old one on request, and priced by the hours it costs', async () => {
  const { report, exitCode } = await run({ files: [logOf('prompt')], groupBy: 'prompt_version', minutesSaved: 6, hourly: 20 });
  const step = report.findings.find(({ kind }) => kind === 'step')!;
  expect(step).toMatchObject({
    metric: 'score',
    severity: 'page',
    cause: { dimension: 'prompt_version', value: 'v4', share: 1 },
  });
  expect(daysFrom(step.at, 35)).toBeLessThanOrEqual(2);
  // Six minutes at 20 USD an hour are 2 USD for each of about 60 calls a day.
  expect(step.moneyPerMonthUsd! / (-step.change! * 60 * 30.44 * 2)).toBeCloseTo(1, 1);
  expect(report.findings.find(({ kind }) => kind === 'cohort')).toMatchObject({
    metric: 'score',
    segment: { prompt_version: 'v4' },
    at: null,
    direction: 'worse',
  });
  expect(report.cohorts.map(({ by, value }) => [by, value])).toEqual([
    ['prompt_version', 'v3'],
    ['prompt_version', 'v4'],
  ]);
  expect(exitCode).toBe(2);
});

test('without a score, answers are graded by what was expected; both marks of one event are one group', async () => {
  const { report } = await run({ files: [logOf('expected')], valuePerSuccess: 2 });
  const [score, wording] = report.findings;
  expect(score).toMatchObject({ kind: 'step', metric: 'score', severity: 'page', group: 'g1' });
  expect(wording).toMatchObject({ metric: 'text', direction: 'changed', severity: 'watch', group: 'g1', moneyPerMonthUsd: null });
  expect(wording).toMatchObject({ unit: 'rate', before: 0.5, explanation: expect.stringContaining('fewer hold "') });
  expect(wording!.ci95![0]).toBeGreaterThan(0);
  expect(wording!.chart!.bars!.map(({ label }) => label)).toEqual(expect.arrayContaining(['spam', 'unknown']));
  expect(report.findings).toHaveLength(2);
  expect(score!.before).toBeCloseTo(0.9, 1);
  expect(score!.after).toBeCloseTo(0.6, 1);
  for (const { at } of report.findings) expect(daysFrom(at, 30)).toBeLessThanOrEqual(2);
  expect(score!.moneyPerMonthUsd! / (-score!.change! * 60 * 30.44 * 2)).toBeCloseTo(1, 1);
  expect(report.groups).toMatchObject([{ id: 'g1', findings: ['f1', 'f2'] }]);
  expect(report.assumptions.join(' ')).toContain('No score column');
});

test('two periods are compared on request, and what a date shows already is told once', async () => {
  const { report, exitCode } = await run({ files: [logOf('step')], split: '2026-05-24' });
  expect(report.findings).toMatchObject([{ kind: 'step', metric: 'score', direction: 'worse', segment: {} }]);
  expect(report.findings[0]!.explanation).toMatch(
    /The split that was asked for shows it too: \d+ % before 24 May 2026, \d+ % since 24 May 2026, −\d+ points \(−\d+ to −\d+\)\./,
  );
  expect(report.cohorts.map(({ value }) => value)).toEqual(['before 24 May 2026', 'since 24 May 2026']);
  const [before, since] = report.cohorts.map(({ n }) => n);
  expect(since).toBeGreaterThan(before!);
  expect(exitCode).toBe(2);
});

test('a log without time compares versions, and puts no price on a month that it does not know', async () => {
  const { report, exitCode } = await run({ files: [logOf('timeless')], valuePerSuccess: 2 });
  expect(report.findings).toMatchObject([
    { kind: 'cohort', metric: 'score', at: null, severity: 'page', direction: 'worse', moneyPerMonthUsd: null },
    { kind: 'cohort', metric: 'latency_s', at: null, direction: 'worse' },
  ]);
  expect(report.findings.map(({ segment }) => segment)).toEqual([{ model: 'gpt-4-0613' }, { model: 'gpt-4-0613' }]);
  expect(report.cohorts).toMatchObject([
    { value: 'gpt-4-0314', metrics: { score: expect.closeTo(0.9, 1) } },
    { value: 'gpt-4-0613', metrics: { score: expect.closeTo(0.6, 1) } },
  ]);
  expect(report.input).toMatchObject({ from: null, to: null });
  expect(report.assumptions.join(' ')).toContain('has no time');
  expect(exitCode).toBe(2);
});

test('a dozen rows are too few to tell, and how many more it takes is told', async () => {
  const { report, exitCode } = await run({ files: [logOf('tiny')] });
  expect(report.findings).toEqual([]);
  expect(report.verdict).toContain('Too early to tell');
  expect(report.undecided.map(({ metric }) => metric)).toContain('score');
  for (const { needs } of report.undecided) expect(needs).toMatch(/^\d+ more rows, about \d+ more days? like these$/);
  expect(report.steady).toEqual([]);
  // Nothing was judged, so nothing is said to be well.
  expect(exitCode).toBe(1);
});

test('of a segment too small to judge every metric is listed, with the rows that it takes', async () => {
  const rows = rowsOf(scenarios.step).map((row, i) => ({ ...row, customer: i % 300 === 0 ? 'tiny' : 'large' }));
  const { report } = await run({ files: [writeRows(join(dir.path, 'segments.jsonl'), rows)] });
  const open = report.undecided.filter(({ segment }) => segment['customer'] === 'tiny');
  expect(open.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['score', 'latency_s', 'cost_usd', 'output_length']));
  for (const { needs } of open) expect(needs).toMatch(/^\d+ more rows?, about/);
  expect(report.undecided.filter(({ segment }) => Object.keys(segment).length === 0)).toEqual([]);
});

describe('where nothing happened, nobody is called', () => {
  test.each([1, 2, 3, 4, 5, 6])('six customers, two prompts, seed %i', async (seed) => {
    const { report, exitCode } = await run({ files: [logOf('clean', seed)] });
    expect(report.findings.filter(loud)).toEqual([]);
    expect(report.worse).toBe(false);
    // A segment may be too small to judge; the log is not.
    expect(report.undecided.filter(({ segment }) => Object.keys(segment).length === 0)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.cohorts.map(({ by }) => by)).toEqual(
      expect.arrayContaining([...Array.from({ length: 6 }, () => 'customer'), 'prompt_version', 'prompt_version']),
    );
  });

  test('quiet weekends', async () => {
    const { report, exitCode } = await run({ files: [logOf('weekends')] });
    expect(report.findings).toEqual([]);
    expect(report.steady.toSorted()).toEqual(always.toSorted());
    expect(exitCode).toBe(0);
  });
});

test('the report is written in every form, and the JSON has the documented shape', async () => {
  const [out, pdf, json] = ['report.html', 'report.pdf', 'findings.json'].map((name) => join(dir.path, name));
  const seen: Progress[] = [];
  const log = logOf('step', 11);
  const { report, written } = await run(
    { files: [log], valuePerSuccess: 2, out, pdf, json },
    { ...ctx, progress: (progress) => seen.push(progress) },
  );
  expect(written).toEqual([out, pdf, json]);
  const html = readFileSync(out!, 'utf8');
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html).toContain(report.findings[0]!.title);
  expect(readFileSync(pdf!).subarray(0, 5).toString()).toBe('%PDF-');

  const found = Findings.strict().parse(JSON.parse(readFileSync(json!, 'utf8')));
  expect(found.input).toEqual({
    files: [log],
    rows: report.input.rows,
    rejected: 0,
    from: expect.stringMatching(/^2026-05-04T.*Z$/),
    to: expect.stringMatching(/^2026-07-02T.*Z$/),
    mapping: expect.objectContaining({
      time: 'timestamp',
      model: 'model',
      score: 'score',
      latency: 'latency_s',
      cost: 'cost_usd',
    }),
    unread: [],
  });
  const [finding] = found.findings;
  expect(Object.keys(finding!).toSorted()).toEqual(
    'id kind metric segment at until interval unit before after change ci95 q n direction severity cause group moneyPerMonthUsd explanation'
      .split(' ')
      .toSorted(),
  );
  const { interval, at, before, after, change, ci95, q, n, moneyPerMonthUsd } = finding!;
  expect(finding!.id).toBe('f1');
  expect(interval![0] <= at! && at! <= interval![1]).toBe(true);
  expect(after! - before!).toBeCloseTo(change!);
  expect(ci95![0] < change! && change! < ci95![1]).toBe(true);
  expect(q).toBeLessThan(1e-6);
  expect(n[0] + n[1]).toBe(report.input.rows);
  expect(moneyPerMonthUsd! / (-change! * 60 * 30.44 * 2)).toBeCloseTo(1, 1);
  expect(seen.map(({ label }) => label)).toContain('Judging');

  const { chart, examples } = report.findings[0]!;
  expect(chart!.points).toHaveLength(60);
  expect(examples.before.length).toBeGreaterThan(0);
  expect(examples.after.every(({ facts }) => facts['score'] === '0')).toBe(true);
});

test('rows are compared by any column that is asked for, however many values it has', async () => {
  const rows = rowsOf(scenarios.step).map((row, i) => ({ ...row, desk: `desk ${i % 40}` }));
  const log = writeRows(join(dir.path, 'desks.jsonl'), rows);
  const plain = await run({ files: [log] });
  expect(plain.report.input.unread).toEqual(['desk']);
  expect(plain.report.cohorts.filter(({ by }) => by === 'desk')).toEqual([]);
  const { report } = await run({ files: [log], groupBy: 'desk' });
  expect(report.input.unread).toEqual([]);
  const desks = report.cohorts.filter(({ by }) => by === 'desk').map(({ value }) => value);
  expect(desks).toEqual(Array.from({ length: 40 }, (_, i) => `desk ${i}`));
});

test('lost answers that nobody put a price on come before what has one', async () => {
  const rows = rowsOf(scenarios.step).map((row) => ({
    ...row,
    cost_usd: Date.parse(String(row['timestamp'])) < dayOf(30).getTime() ? 0.01 : 0.016,
  }));
  const log = writeRows(join(dir.path, 'both.jsonl'), rows);
  const order = async (input: object) => (await run({ files: [log], ...input })).report.findings.map(({ metric }) => metric);
  expect(await order({})).toEqual(['score', 'cost_usd']);
  expect(await order({ valuePerSuccess: 0.001 })).toEqual(['cost_usd', 'score']);
});

test('evaluations in a file of log records count for the calls in another', async () => {
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const ids = (i: number) => ({ traceId: `${i + 1}`.padStart(32, '0'), spanId: `${i + 1}`.padStart(16, '0') });
  const nano = (i: number) => `${dayOf(0).getTime() + i * 3_600_000}000000`;
  const spans = Array.from({ length: 400 }, (_, i) => ({
    ...ids(i),
    name: 'chat gpt-4o',
    startTimeUnixNano: nano(i),
    endTimeUnixNano: nano(i + 1),
    attributes: [attribute('gen_ai.operation.name', 'chat'), attribute('gen_ai.request.model', 'gpt-4o')],
  }));
  const logRecords = spans.map((_, i) => ({
    ...ids(i),
    timeUnixNano: nano(i),
    eventName: 'gen_ai.evaluation.result',
    attributes: [
      attribute('gen_ai.evaluation.name', 'helpful'),
      attribute('gen_ai.evaluation.score.label', i % 10 < (i < 200 ? 1 : 6) ? 'fail' : 'pass'),
    ],
  }));
  const write = (name: string, document: unknown, indent?: number) => {
    const path = join(dir.path, name);
    writeFileSync(path, JSON.stringify(document, null, indent));
    return path;
  };
  const calls = write('spans.json', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const scores = write('records.json', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }, 2);
  const { report } = await run({ files: [calls, scores] });
  expect(report.input.rows).toBe(400);
  expect(report.findings[0]).toMatchObject({ metric: 'score', direction: 'worse' });
  expect(report.assumptions.join()).toContain('records.json" holds scores and no calls');
  await expect(run({ files: [scores] })).rejects.toThrow(/holds no list of AI calls/);
});

test('several files are one log; a bad row costs that row', async () => {
  const rows = rowsOf(scenarios.step);
  const cut = rows.findIndex(({ timestamp }) => String(timestamp) >= dayOf(20).toISOString());
  const first = writeRows(join(dir.path, 'first.jsonl'), rows.slice(0, cut));
  const second = writeRows(join(dir.path, 'second.jsonl'), rows.slice(cut));
  appendFileSync(second, '{"timestamp": "2026-07-0\n');
  const { report } = await run({ files: [first, second] });
  expect(report.input).toMatchObject({ files: [first, second], rows: rows.length, rejected: 1 });
  expect(report.findings).toMatchObject([{ kind: 'step', metric: 'score' }]);
  expect(daysFrom(report.findings[0]!.at, 30)).toBeLessThanOrEqual(2);
  expect(report.rejectedReasons).toMatchObject([{ rows: 1 }]);
  expect(report.rejectedFiles).toEqual([`${second}.rejected.jsonl`]);
  expect(existsSync(`${first}.rejected.jsonl`)).toBe(false);
});

describe('what cannot be done is refused in a sentence that says what to mend', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a file that is not there', { files: ['nowhere.jsonl'] }, /There is no file "nowhere\.jsonl"/],
    ['no file', { files: [] }, /files/],
    ['two prices', { valuePerSuccess: 2, minutesSaved: 6, hourly: 20 }, /not both/],
    ['minutes without a rate', { minutesSaved: 6 }, /go together/],
    ['a rate without minutes', { hourly: 20 }, /go together/],
    ['a price that is none', { valuePerSuccess: 'much' }, /a number is needed/],
    ['a price below zero', { valuePerSuccess: -1 }, /above 0/],
    ['a field that is none', { map: ['colour=model'] }, /--map takes FIELD=COLUMN, not "colour=model"\. Fields: time, .*output/],
    ['a field without its column', { map: ['output'] }, /--map takes FIELD=COLUMN/],
    ['a column that is none', { map: ['output=reply'] }, /no column "reply"\. It has: timestamp, model, input, output/],
    [
      'a group that is none',
      { groupBy: 'region' },
      /no column "region" that holds anything\. --group-by takes any column of the log, e\.g\. model/,
    ],
    ['a date that is none', { split: 'June' }, /--split takes a date such as 2026-06-03/],
    ['a date outside of the log', { split: '2027-01-01' }, /leaves all rows on one side: the log goes from 4 May 2026 to/],
    ['a date for a log without time', { files: 'timeless', split: '2026-05-24' }, /The log has no time, so --split/],
    [
      'a report in no directory',
      { out: '/nowhere/report.html' },
      /"\/nowhere\/report\.html" could not be written: there is no such dir/,
    ],
    [
      'two forms of the report in one file',
      { out: '/tmp/report.html', pdf: '/tmp/./report.html' },
      /"\/tmp\/\.\/report\.html" was named for two forms of the report/,
    ],
    ['a report instead of a directory', { pdf: '/' }, /"\/" could not be written: it is a directory/],
  ])('%s', async (_, input, sentence) => {
    const files = input['files'] === 'timeless' ? [logOf('timeless')] : (input['files'] ?? [logOf('tiny')]);
    await expect(run({ ...input, files })).rejects.toMatchObject({
      code: expect.stringMatching(/^(invalid|not_found)$/),
      message: expect.stringMatching(sentence),
    });
  });

  test('a report in place of the log itself, which stays as it is', async () => {
    const log = logOf('tiny', 12);
    const before = readFileSync(log, 'utf8');
    await expect(run({ files: [log], json: log })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('is what is read'),
    });
    expect(readFileSync(log, 'utf8')).toBe(before);
  });

  test('a log of which no row can be used', async () => {
    const log = join(dir.path, 'broken.jsonl');
    writeFileSync(log, '{"timestamp":"2026-05-04T00:00:00Z","output":"a","score":1}\n'.replace('}', '').repeat(3));
    await expect(run({ files: [log] })).rejects.toMatchObject({ code: 'invalid' });
  });
});
