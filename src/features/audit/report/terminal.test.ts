import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { DAY_MS } from './format.ts';
import { hostileTexts, reportFilledWith } from './hostile.ts';
import { quietReport, sampleReport, undatedReport } from './sample-report.ts';
import { sparkline } from './sparkline.ts';
import { renderTerminal } from './terminal.ts';
import { columns } from './text.ts';

const plain = (report = sampleReport(), width = 80) => renderTerminal(report, { width, color: false });

test('the verdict comes first, then what costs most', () => {
  const text = plain(sampleReport(), 120);
  expect(text.startsWith('Prime questions got worse on 3 June 2026: right answers 84 → 50 %')).toBe(true);
  const order = ['Right answers fell', 'Answers are 83 % shorter', 'Invoice sync has been silent', 'Refusals doubled'].map(
    (title) => text.indexOf(title),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});

test('a finding says how bad, when, from what to what, how sure, how much and what next', () => {
  const text = plain();
  expect(text).toContain('● page · worse');
  expect(text).toContain('3 June 2026 (2–4 June)');
  expect(text).toContain('84 % → 50 %   −34 points (−38 to −30)   n 1,000 → 1,000');
  expect(text).toContain('costs $2,140 a month');
  expect(text).toContain('Next: Pin the model to its dated version');
});

test('one cause is told once, with its findings below it', () => {
  const text = plain(sampleReport(), 120);
  expect(text.split('One cause: On 3 June 2026 gpt-4 stopped').length).toBe(2);
  expect(text.split('model gpt-4 explains 97 % of it').length).toBe(2);
});

test('the sparkline marks the change and leaves missing days empty', () => {
  const lines = plain().split('\n');
  const chart = lines.findIndex((text) => text.includes('┃'));
  const bars = lines[chart] ?? '';
  expect(bars).toMatch(/1 May [▁-█]+ +[▁-█ ]+┃[▁-█ ]+ 30 Jun/);
  expect(lines[chart + 1]?.indexOf('A')).toBe(bars.indexOf('┃'));
});

test('what could not be judged or read stands at the end', () => {
  const text = plain();
  expect(text).toContain('right answers, customer acme: 310 more rows');
  expect(text).toContain('Steady: error rate, format of the answer and language.');
  expect(text).toContain('11 × not valid JSON');
  expect(text).toContain('prime-stream.jsonl.rejected.jsonl');
});

test('nothing changed: said in one sentence', () => {
  const text = plain(quietReport());
  expect(text).toContain('Nothing changed that the log can show.');
  expect(text).not.toMatch(/undefined|null|NaN|Most costly/);
});

test('no time: the comparison stands without a date', () => {
  expect(plain(undatedReport())).toContain('49 % → 76 %');
  expect(plain(undatedReport())).not.toMatch(/unknown date|undefined|null/);
});

test('many findings end in a count', () => {
  const report = sampleReport();
  const many = Array.from({ length: 30 }, (_, i) =>
    report.findings.map((f) => ({ ...f, id: `f${i}-${f.id}`, group: null })),
  ).flat();
  const text = plain({ ...report, groups: [], findings: many });
  expect(text).toContain('… and 232 more in the report.');
  expect(text.split('\n').length).toBeLessThan(120);
});

test.each([40, 80, 120])('no line is wider than %d columns', (width) => {
  for (const text of ['x', ...Object.values(hostileTexts)]) {
    const lines = plain(text === 'x' ? sampleReport() : reportFilledWith(text), width).split('\n');
    expect(lines.filter((line) => columns(line) > width)).toEqual([]);
  }
});

const RAW =
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]|\p{Cs}|[\u{e0000}-\u{e007f}]/u;

test.each(Object.entries(hostileTexts))('%s reaches no terminal', (_, text) => {
  expect(plain(reportFilledWith(text))).not.toMatch(RAW);
});

test('colour comes from us alone and is gone when it is not wanted', () => {
  const colored = renderTerminal(reportFilledWith(hostileTexts['terminal commands'] ?? ''), { width: 80, color: true });
  // oxlint-disable-next-line no-control-regex -- the colours that styleText writes
  const ours = colored.replace(/\u001b\[(?:1|2|22|31|32|33|36|39)m/g, '');
  expect(ours).not.toMatch(RAW);
  expect(colored).toContain('\u001b[31m');
  expect(stripVTControlCharacters(colored)).toBe(ours);
});

test('the words that changed are bars before and after', () => {
  const told = renderTerminal(sampleReport(), { width: 80, color: false });
  expect(told).toContain('because             72 % █████████    →  8.0 % █\n');
  expect(told).toContain('answers told apart 83 % (80–86) of the time; by chance 50 %');
  expect(renderTerminal(sampleReport(), { width: 40, color: false })).not.toMatch(/because +72 %/);
});

test('a comparison is a line for each cohort, on one scale', () => {
  const told = renderTerminal(sampleReport(), { width: 80, color: false });
  expect(told).toMatch(/ gpt-4 March +·+\|?○\|?·+ {2}84 %\n/);
  expect(told).toMatch(/ gpt-3.5 March +·+[|─]*●[|─]*·+ {2}49 %\n +gpt-3.5 June +·+[|─]*●[|─]*·+ {2}76 %\n/);
});

test('a log without gaps has none in its line, however many days it spans', () => {
  for (let days = 14; days <= 60; days += 1) {
    const points = Array.from({ length: days }, (_, day) => ({ at: day * DAY_MS, value: 1, low: 1, high: 1, n: 9 }));
    const chart = { title: '', unit: 'rate' as const, bucketMs: DAY_MS, points, levels: [], change: null, shaded: [] };
    expect(sparkline(chart, 120)[0]).toContain('█'.repeat(days));
  }
});
