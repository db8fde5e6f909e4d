import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAudits, prose, sentence, type Language } from './testing-answers.ts';

/** Answers in another language than before, through the whole audit. */

let log: ReturnType<typeof openAudits>;
beforeAll(() => {
  log = openAudits();
});
afterAll(() => log[Symbol.dispose]());

const german = (random: () => number, late: boolean, share: number): Language => (random() < (late ? share : 0.02) ? 'de' : 'en');

test('answers in another language than their questions are worse, once, with the language', async () => {
  const report = await log.audited('fault', (random, late) => ({
    input: sentence(random, 'en', '?'),
    output: prose(random, german(random, late, 0.25)),
  }));
  const [fault] = report.findings.filter(({ metric }) => metric.startsWith('language'));
  expect(fault).toMatchObject({ metric: 'language_match_rate', kind: 'step', direction: 'worse', severity: 'ticket' });
  expect(fault!.explanation).toMatch(/More answers are in German \(\d\.?\d* % → 2\d %\)/);
  expect(fault!.examples.after.map(({ output }) => output).join(' ')).toMatch(/ (und|was|die|der) /);
  expect(fault!.examples.before.map(({ output }) => output).join(' ')).not.toMatch(/ (und|sodass|heute|bis) /);
  expect(report.findings.filter(({ metric }) => metric === 'language')).toEqual([]);
});

test('answers that follow their questions into another language are told, and no fault', async () => {
  const report = await log.audited('asked', (random, late) => {
    const language = german(random, late, 0.4);
    return { input: sentence(random, language, '?'), output: prose(random, language) };
  });
  const moved = report.findings.filter(({ metric }) => metric.startsWith('language'));
  expect(moved).toMatchObject([{ metric: 'language', direction: 'changed', severity: 'watch' }]);
  expect(moved[0]!.title).toMatch(/^Answers in English fell from 9\d(\.\d)? % to [56]\d %/);
  expect(moved[0]!.explanation).toMatch(/The questions moved with them: those in English went from 9\d/);
  expect(report.steady).toContain('answers in the language of the question');
  expect(report.worse).toBe(false);
});

test('where no question is in the log, another language is told, and no fault', async () => {
  const report = await log.audited('unasked', (random, late) => ({
    input: undefined,
    output: prose(random, german(random, late, 0.3)),
  }));
  const moved = report.findings.filter(({ metric }) => metric.startsWith('language'));
  expect(moved).toMatchObject([{ metric: 'language', direction: 'changed', severity: 'watch' }]);
  expect(moved[0]!.explanation).toContain('More answers are in German');
  expect(report.worse).toBe(false);
});

test('a translation that stays in the language of its question is worse', async () => {
  const report = await log.audited('translation', (random, late) => ({
    input: sentence(random, 'en'),
    output: prose(random, random() < (late ? 0.2 : 0.01) ? 'en' : 'de'),
  }));
  const moved = report.findings.filter(({ metric }) => metric.startsWith('language'));
  expect(moved).toMatchObject([{ metric: 'language', direction: 'worse', severity: 'ticket' }]);
  expect(moved[0]!.explanation).toMatch(/^Answers in German fell .* The questions are in the languages they were in\./);
});
