import { expect, test } from 'vitest';
import { renderHtml, renderTerminal } from './index.ts';
import { pdfFacts } from './pdf-facts.ts';
import { typeset } from './pdf.ts';
import { sampleReport } from './sample-report.ts';
import { factsOf, reportWords } from './words.ts';

const squeezed = (text: string) => text.replaceAll('\u200b', '').replace(/\s+/g, '');

async function forms(): Promise<Record<string, string>> {
  const report = sampleReport();
  const { compiler, document } = await typeset(report);
  const pages = [...compiler.svg(document).matchAll(/class="tsel"[^>]*>([^<]*)</g)].map((match) => match[1] ?? '').join('');
  const page = (await renderHtml(report)).replace(/<svg.*?<\/svg>/gs, '').replace(/<[^>]*>/g, '');
  return {
    terminal: squeezed(renderTerminal(report, { width: 120, color: false })),
    html: squeezed(page),
    pdf: squeezed(pages),
  };
}

test("every finding's numbers stand in terminal, HTML and PDF", async () => {
  const told = await forms();
  const words = reportWords(sampleReport());
  for (const finding of words.findings) {
    const facts = [finding.title, finding.when, finding.values, finding.change, finding.sample, finding.money, finding.action];
    for (const [form, text] of Object.entries(told)) {
      for (const fact of facts) if (fact) expect(text.includes(squeezed(fact)), `${fact} in ${form}`).toBe(true);
    }
  }
  expect(words.findings.flatMap(factsOf).length).toBeGreaterThan(40);
});

test('so do the cohorts, the assumptions, what was rejected and what could not be judged', async () => {
  const told = await forms();
  const words = reportWords(sampleReport());
  const facts = [
    words.verdict,
    words.steady ?? '',
    words.rejected ?? '',
    ...words.assumptions,
    ...words.cohorts.flatMap(({ rows }) => rows.flat()),
    ...words.undecided.flatMap(({ what, needs }) => [what, needs]),
    ...words.rejectedReasons.map(([reason]) => reason ?? ''),
  ];
  for (const [form, text] of Object.entries(told)) {
    for (const fact of facts) expect(text.includes(squeezed(fact)), `${fact} in ${form}`).toBe(true);
  }
});

test('the worst change and its price are the first figures', () => {
  const [worst, price] = reportWords(sampleReport()).figures;
  expect(worst).toEqual({ name: 'Right answers', value: '84 % → 50 %', note: '−34 points (−38 to −30)' });
  expect(price?.value).toBe('$3,390');
});

test('of the same loss seen in several segments the price counts once', () => {
  const report = sampleReport();
  const [first] = report.findings;
  const again = { ...(first ?? expect.fail()), id: 'f9', segment: { customer: 'acme' }, moneyPerMonthUsd: 900 };
  expect(reportWords({ ...report, findings: [...report.findings, again] }).figures[1]?.value).toBe('$3,390');
});

test('a table of many metrics is laid out as tables that a page can hold', async () => {
  const report = sampleReport();
  const names = Array.from({ length: 11 }, (_, i) => `metric ${i}`);
  const metrics = Object.fromEntries(names.map((name) => [name, { name, unit: 'tokens' as const }]));
  const cohorts = ['a', 'b'].map((value) => ({
    by: 'model',
    value,
    n: 10,
    metrics: Object.fromEntries(names.map((name, i) => [name, i * 100])),
  }));
  const tables = (await pdfFacts({ ...report, metrics, cohorts })).cohorts;
  expect(tables.map(({ head }) => head.length)).toEqual([8, 6]);
  expect(tables.map(({ caption }) => caption)).toEqual(['By model', 'By model, further metrics']);
  expect(tables.flatMap(({ rows }) => rows[1])).toEqual(
    ['b', '10', ...names.slice(0, 6), 'b', ...names.slice(6)].map((text) =>
      text.startsWith('metric') ? String(Number(text.slice(7)) * 100).replace('1000', '1,000') : text,
    ),
  );
});

test('columns of which nothing was read are named in every form', async () => {
  const report = sampleReport();
  const sentence = 'Nothing was read from: region, temperature.';
  expect(renderTerminal(report, { width: 100, color: false }).replaceAll(/\s+/g, ' ')).toContain(sentence);
  expect(await renderHtml(report)).toContain(sentence);
  expect((await pdfFacts(report)).unread).toContain(sentence);
  const many = { ...report, input: { ...report.input, unread: Array.from({ length: 60 }, (_, i) => `c${i}`) } };
  expect(reportWords(many).unread).toMatch(/c39 and 20 more\. --map/);
});

test('what to do next is said once of findings with one cause', () => {
  const report = sampleReport();
  const grouped = report.groups[0]!.findings;
  const findings = report.findings.map((f) => (grouped.includes(f.id) ? { ...f, action: 'Go back.' } : f));
  const actions = reportWords({ ...report, findings }).sections[0]!.findings.map(({ action }) => action);
  expect(actions).toEqual(['Go back.', ...actions.slice(1).map(() => null)]);
});

test('of a hundred things that could not be judged each form shows the first and says how many there are', async () => {
  const report = sampleReport();
  const undecided = Array.from({ length: 100 }, (_, i) => ({
    metric: 'score',
    metricName: 'right answers',
    segment: { customer: `c${i}` },
    needs: `${i + 1} more rows`,
  }));
  const many = { ...report, undecided };
  const terminal = renderTerminal(many, { width: 120, color: false });
  expect(terminal).toContain('right answers, customer c10: 11 more rows');
  expect(terminal).toContain('and 89 more in the report');
  expect(await renderHtml(many)).toContain('… and 70 more in findings.json (--json).');
  expect(await renderHtml(many)).toContain('30 more rows');
  expect(reportWords(many).undecided).toHaveLength(30);
});

test('money that leaves out what has no price says so', () => {
  const report = sampleReport();
  const note = (findings: typeof report.findings) => reportWords({ ...report, findings }).figures[1]!.note;
  expect(note(report.findings)).toBe('a month, the largest finding of each metric');
  const unpriced = report.findings.map((f) => (f.metric === 'score' ? { ...f, moneyPerMonthUsd: null } : f));
  const slow = { ...report.findings[3]!, direction: 'worse' as const, moneyPerMonthUsd: 3 };
  expect(note([unpriced[0]!, slow])).toBe(
    'a month, the largest finding of each metric, without right answers: --value-per-success',
  );
});

test('what it would take is pointed to only where it stands below', () => {
  const sample = sampleReport();
  const bare = { ...sample, findings: [], groups: [], steady: [], cohorts: [] };
  const nothing = (more: object) => reportWords({ ...bare, ...more }).nothing;
  expect(sample.undecided.length).toBeGreaterThan(0);
  expect(nothing({})).toContain('stands below');
  const of = (input: object) => nothing({ undecided: [], input: { ...sample.input, ...input } });
  expect(of({ mapping: { time: 'ts', model: 'm' } })).toMatch(/no column holds a score.*--map/);
  expect(of({ to: sample.input.from })).toMatch(/all rows have the same time/);
  expect(of({ rows: 1, to: sample.input.from })).toMatch(/one row cannot show a change/);
  expect(of({ rows: 12 })).toMatch(/12 rows are too few/);
  expect(nothing({ undecided: [], input: { ...sample.input, from: null, to: null } })).toMatch(/has no time.*--map time=COLUMN/);
});
