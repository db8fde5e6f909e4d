import { expect, test } from 'vitest';
import type { Chart } from '../model.ts';
import { axisStep } from '../../../ui/chart-scale.ts';
import { axisTop, timeTicks } from './chart-axis.ts';
import { chartKey } from './chart-key.ts';
import { chartInWords, cohortLabels } from './chart-words.ts';
import { renderChart } from './chart.ts';
import { DAY_MS } from './format.ts';
import { sampleReport } from './sample-report.ts';

const SIZE = { width: 640, height: 200 };
const chartOf = (i: number): Chart => sampleReport().findings[i]?.chart ?? expect.fail('The sample has no such chart.');

test('a rate starts at zero and ends at the whole', async () => {
  const svg = await renderChart(chartOf(0), 'light', SIZE);
  expect(svg).toContain('>0 %<');
  expect(svg).toContain('>100 %<');
});

test('missing buckets break the line and the ribbon', async () => {
  const gaps = chartOf(0);
  const whole = { ...gaps, points: [...gaps.points].map((p, i) => ({ ...p, at: (gaps.points[0]?.at ?? 0) + i * DAY_MS })) };
  const lines = async (chart: Chart) => (await renderChart(chart, 'light', SIZE)).match(/stroke="#0072b2"/g)?.length;
  expect(await lines(gaps)).toBe(3);
  expect(await lines(whole)).toBe(1);
});

test('the change is a line with its letter, its interval a shade', async () => {
  const marked = chartOf(0);
  const svg = await renderChart(marked, 'light', SIZE);
  expect(svg).toMatch(/>A<\/text>/);
  expect(svg).toContain('fill="#e69f00"');
  const unmarked = await renderChart({ ...marked, change: null }, 'light', SIZE);
  expect(unmarked).not.toMatch(/>A<\/text>|#e69f00|#1d1c1a/);
});

test('what is shaded is called silence where calls stopped, and the time of an incident where one began', () => {
  const stall = chartOf(1);
  const incident = { ...stall, change: { at: stall.shaded[0]![0], interval: null, letter: 'A' } };
  expect(chartInWords(stall, 'calls').caption).toContain('Nothing arrived from');
  expect(chartInWords(incident, 'rate').caption).toContain('It lasted from');
  expect(chartInWords(incident, 'rate').caption).not.toContain('arrived');
  expect(chartKey(incident).map(({ words }) => words)).toContain('while it lasted');
});

test('what is usual at such times is drawn in steps, in place of the level before', async () => {
  const chart = chartOf(1);
  const usual = chart.points.map(({ at }, i) => ({ at, low: 10, high: i % 7 > 4 ? 20 : 90 }));
  const svg = await renderChart({ ...chart, usual }, 'light', SIZE);
  const plain = await renderChart(chart, 'light', SIZE);
  expect(svg).not.toBe(plain);
  expect(chartKey({ ...chart, usual }).map(({ words }) => words)).not.toContain('level before');
  expect(chartInWords({ ...chart, usual }, 'calls').alt).toMatch(/Level [\d,.]+ calls\./);
});

test('silence is shaded', async () => {
  expect(await renderChart(chartOf(1), 'print', SIZE)).toContain('fill="#8a857c"');
});

const words = () => sampleReport().findings.find(({ chart }) => chart?.bars)!.chart!;

test('a change of wording is two bars for each word, with their intervals, from zero', async () => {
  const svg = await renderChart(words(), 'light', SIZE);
  for (const word of ['because', 'sorry', 'primzahl']) expect(svg).toContain(`>${word}</text>`);
  expect(svg).toContain('>0 %<');
  expect(svg.match(/fill="#b5aea2"/g)).toHaveLength(3);
  expect(svg.match(/fill="#0072b2"/g)).toHaveLength(3);
  expect(svg.match(/stroke="#1d1c1a"/g)).toHaveLength(6);
});

test('of a word in the log its letters reach the picture and nothing else', async () => {
  const bars = [
    '<script>alert(1)</script>',
    '&quot;onload=x',
    '\u202egnp.exe',
    '#read("/etc")',
    'w'.repeat(90),
    '{a|b}',
    '\ud83d',
    '日本語',
  ];
  const svg = await renderChart({ ...words(), bars: bars.map((label) => ({ ...words().bars![0]!, label })) }, 'page', SIZE);
  expect(svg).not.toMatch(/<(?!\/?(?:svg|g|path|text|rect|circle|defs|clipPath|polyline|line|polygon)\b)/);
  expect(svg).not.toMatch(/onload=|\u202e|#read|w{30}/);
  expect(svg).toContain('>日本語</text>');
});

test('print shows letters of the shipped fonts only: its pictures are drawn with no others', async () => {
  const bars = ['Zalgo\u0335\u0301', 'caf\u0065\u0301', 'हिन्दी', 'привет'].map((label) => ({ ...words().bars![0]!, label }));
  const svg = await renderChart({ ...words(), bars }, 'print', SIZE);
  expect([...svg.matchAll(/>([^<>%0-9]+)<\/text>/g)].map(([, text]) => text)).toEqual(['Zalgó', 'café', '···', 'привет']);
});

test('bars of no number are left out', async () => {
  const [bar] = words().bars!;
  const broken = { ...bar!, before: { value: Number.NaN, low: 0, high: 1 } };
  const svg = await renderChart(
    { ...words(), bars: [broken, { ...bar!, after: { value: 0.5, low: Number.NaN, high: Infinity } }] },
    'light',
    SIZE,
  );
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(await renderChart({ ...words(), bars: [] }, 'light', SIZE)).toMatch(/^<svg /);
});

test('nothing but numbers and a letter reaches the picture', async () => {
  const chart = chartOf(0);
  const hostile = { ...chart, title: '<script>', change: chart.change && { ...chart.change, letter: '"><script>{a|b}' } };
  const svg = await renderChart(hostile, 'page', SIZE);
  expect(svg).not.toMatch(/<(?!\/?(?:svg|g|path|text|rect|circle|defs|clipPath|polyline|line|polygon)\b)/);
  expect(svg).toContain('>scr</text>');
});

test.each([
  ['no point', []],
  ['one point', [{ at: 0, value: 0.5, low: 0.4, high: 0.6, n: 3 }]],
  [
    'no number',
    [
      { at: 0, value: Number.NaN, low: 0, high: Infinity, n: 3 },
      { at: DAY_MS, value: 1, low: -Infinity, high: Infinity, n: 3 },
    ],
  ],
  ['all zero', [0, 1, 2].map((i) => ({ at: i * DAY_MS, value: 0, low: 0, high: 0, n: 3 }))],
])('%s draws an empty or small chart, never a broken one', async (_, points) => {
  const svg = await renderChart({ ...chartOf(2), points, levels: [], change: null }, 'light', SIZE);
  expect(svg).toMatch(/^<svg /);
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test('the same chart gives the same picture', async () => {
  const drawn = async () => (await renderChart(chartOf(0), 'light', SIZE)).replace(/zr\d+/g, '');
  expect(await drawn()).toBe(await drawn());
});

test('axes end and step at round numbers', () => {
  expect([axisTop([0.84], 'rate'), axisTop([0.031], 'rate'), axisTop([1990], 'characters'), axisTop([], 'usd')]).toEqual([
    1, 0.04, 4000, 1,
  ]);
  expect([axisStep(1), axisStep(60)]).toEqual([0.25, 20]);
});

test('ticks of time fall on Mondays, on midnights or on firsts of a month', () => {
  const from = Date.parse('2026-05-01T00:00:00Z');
  const iso = (ticks: number[]) => ticks.map((at) => new Date(at).toISOString().slice(0, 16));
  expect(iso(timeTicks(from, from + 28 * DAY_MS, 5))).toEqual([
    '2026-05-04T00:00',
    '2026-05-11T00:00',
    '2026-05-18T00:00',
    '2026-05-25T00:00',
  ]);
  expect(iso(timeTicks(from, from + 2 * DAY_MS, 5))).toEqual([
    '2026-05-01T00:00',
    '2026-05-01T12:00',
    '2026-05-02T00:00',
    '2026-05-02T12:00',
    '2026-05-03T00:00',
  ]);
  expect(iso(timeTicks(from, from + 400 * DAY_MS, 6))).toEqual([
    '2026-07-01T00:00',
    '2026-10-01T00:00',
    '2027-01-01T00:00',
    '2027-04-01T00:00',
  ]);
});

const dots = () => sampleReport().findings.find(({ chart }) => chart?.cohorts)!.chart!;

test('a comparison is a dot with its interval for each cohort, the two compared in colour, from zero', async () => {
  const svg = await renderChart(dots(), 'light', SIZE);
  for (const name of ['gpt-4 March', 'gpt-4 June', 'gpt-3.5 March', 'gpt-3.5 June']) expect(svg).toContain(`>${name}</text>`);
  expect(svg).toContain('>0 %<');
  expect(svg.match(/fill="#0072b2"/g)).toHaveLength(1);
  expect(svg.match(/fill="#d55e00"/g)).toHaveLength(1);
  expect(svg.match(/stroke="#0072b2"/g)).toHaveLength(3);
  expect(svg.match(/stroke="#5e5a53"/g)).toHaveLength(8);
});

test('of a cohort in the log its name reaches the picture and no markup', async () => {
  const names = ['<img src=x onerror=alert(1)>', '{a|b}', '#read("/etc")', '\u202egnp.exe', 'm'.repeat(400), '\ud83d', ''];
  const cohorts = names.map((label) => ({ ...dots().cohorts![0]!, label }));
  for (const theme of ['page', 'print'] as const) {
    const svg = await renderChart({ ...dots(), cohorts }, theme, SIZE);
    expect(svg).not.toMatch(/<(?!\/?(?:svg|g|path|text|rect|circle|defs|clipPath|polyline|line|polygon)\b)/);
    expect(svg).not.toMatch(/onerror=|\u202e|#read|m{30}|NaN/);
  }
});

test('long names lose what they share and their middle, never their version', () => {
  expect(cohortLabels(['openaichat/gpt-3.5-turbo-0301', 'openaichat/gpt-4-0613'], 17)).toEqual([
    'gpt-3.5-…rbo-0301',
    'gpt-4-0613',
  ]);
  expect(cohortLabels(['a/x', 'b/x'], 17)).toEqual(['a/x', 'b/x']);
  expect(cohortLabels(['日本語日本語日本語日本語'], 17)[0]).toBe('日本語日…日本語');
});
