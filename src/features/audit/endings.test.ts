import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayOf } from './testing.ts';
import {
  cutAtTokens,
  cutSomewhere,
  DAYS,
  japanese,
  openAudits,
  prose,
  sentence,
  tokensOf,
  type Answer,
} from './testing-answers.ts';

/** Answers that were cut off, and answers that only end differently, through the whole audit. */

let log: ReturnType<typeof openAudits>;
beforeAll(() => {
  log = openAudits();
});
afterAll(() => log[Symbol.dispose]());

async function audited(name: string, answer: Answer) {
  const report = await log.audited(name, answer);
  const of = (metric: string) => report.findings.filter((finding) => finding.metric === metric);
  return { report, cut: of('truncated_rate'), style: of('open_end_rate') };
}

const now = (random: () => number, late: boolean, share: number) => random() < (late ? share : 0.01);

describe('answers that are cut off are found by how they end', () => {
  test.each<[string, number, Answer]>([
    [
      'prose, anywhere',
      0.15,
      (random, late) => {
        const text = prose(random);
        return { output: now(random, late, 0.15) ? cutSomewhere(text, random) : text };
      },
    ],
    [
      'Hindi',
      0.3,
      (random, late) => {
        const text = prose(random, 'hi', 4);
        return { output: now(random, late, 0.3) ? cutSomewhere(text, random) : text };
      },
    ],
    [
      'Japanese',
      0.3,
      (random, late) => {
        const text = japanese(random);
        return { output: now(random, late, 0.3) ? cutSomewhere(text, random) : text };
      },
    ],
    [
      'code blocks',
      0.2,
      (random, late) => {
        const code = `Here it is:\n\`\`\`python\ndef total(orders):\n    return sum(${Math.floor(random() * 99)} * one.amount for one in orders)\n\`\`\`\n${sentence(random)}`;
        return { output: now(random, late, 0.2) ? code.slice(0, 60 + Math.floor(40 * random())) : code };
      },
    ],
  ])('%s', async (name, share, answer) => {
    const { cut, report } = await audited(name, answer);
    expect(cut).toMatchObject([{ kind: 'step', direction: 'worse', severity: 'page', segment: {} }]);
    expect(Math.abs(cut[0]!.after! - share)).toBeLessThan(0.06);
    expect(Math.abs(Date.parse(cut[0]!.at!) - dayOf(DAYS / 2).getTime())).toBeLessThanOrEqual(2 * 86_400_000);
    expect(cut[0]!.chart?.points.length).toBeGreaterThan(25);
    expect(report.findings.filter(({ direction }) => direction === 'worse').map(({ metric }) => metric)).toEqual(
      name === 'code blocks' ? expect.arrayContaining(['truncated_rate']) : ['truncated_rate'],
    );
  });

  test('the limit at which they stop is told', async () => {
    const { cut } = await audited('limit', (random, late) => {
      const text = prose(random, 'en', 3);
      const output = late ? cutAtTokens(text, 150) : text;
      return { output, output_tokens: tokensOf(output) };
    });
    expect(cut).toMatchObject([
      { direction: 'worse', explanation: expect.stringMatching(/of them stop at 150 tokens: a limit such as max_tokens/) },
    ]);
    expect(cut[0]!.action).toContain('max_tokens');
  });

  test('in one workflow among others that go without full stops', async () => {
    const { cut } = await audited('workflows', (random, late, i) => {
      const text = prose(random);
      if (i % 3 > 0) return { workflow: 'titles', output: sentence(random, 'en', '') };
      return { workflow: 'mails', output: now(random, late, 0.3) ? cutSomewhere(text, random) : text };
    });
    expect(cut).toMatchObject([{ direction: 'worse', severity: 'page' }]);
    expect(cut[0]!.after).toBeGreaterThan(0.2);
  });

  test('what the provider says and what the text shows is one finding', async () => {
    const { cut, style } = await audited('finish', (random, late) => {
      const text = prose(random);
      const stops = now(random, late, 0.2);
      return { output: stops ? cutSomewhere(text, random) : text, finish_reason: stops ? 'length' : 'stop' };
    });
    expect([...cut, ...style]).toMatchObject([{ direction: 'worse', segment: {} }]);
  });
});

const list = (random: () => number) => `What to do:\n- ${sentence(random, 'en', '')}\n- ${sentence(random, 'en', '')}`;
const table = (random: () => number) =>
  `${sentence(random)}\n\n| a | b |\n|---|---|\n| ${Math.floor(random() * 99)} | of the order |`;
const signed = (random: () => number) => `${prose(random)}\n\nBest regards,\nThe Support Team`;
const linked = (random: () => number) => `${prose(random)} Track it: https://example.com/${Math.floor(random() * 1e6)}`;
const query = (random: () => number, mark: string) =>
  `SELECT customer, count(*) FROM orders WHERE amount > ${Math.floor(random() * 999)} GROUP BY customer${mark}`;

describe('how answers end otherwise is no fault', () => {
  test.each<[string, Answer]>([
    ['labels', (random) => ({ output: random() < 0.5 ? 'billing' : 'delivery' })],
    ['SQL, later without a mark', (random, late) => ({ output: query(random, late ? '' : ';') })],
    [
      'code without a fence',
      (random, late) => ({ output: `def total(orders):\n    return ${late ? 'sum' : 'add'}_up(orders) * ${random()}` }),
    ],
    [
      'lists, tables, signatures and links in place of prose',
      (random, late, i) => ({ output: now(random, late, 0.8) ? [list, table, signed, linked][i % 4]!(random) : prose(random) }),
    ],
    ['titles', (random, late) => ({ output: now(random, late, 0.8) ? 'Late parcel, refund wanted' : prose(random) })],
    ['translations', (random, late) => ({ output: prose(random, late && random() < 0.5 ? 'de' : 'en') })],
    ['some without a mark, as ever', (random) => ({ output: random() < 0.2 ? sentence(random, 'en', '') : prose(random) })],
  ])('%s', async (name, answer) => {
    const { cut, report } = await audited(name, answer);
    expect(cut).toEqual([]);
    expect(report.worse).toBe(false);
  });

  test('a style without full stops is told as a style', async () => {
    const { cut, style, report } = await audited('style', (random, late) => {
      const text = prose(random);
      return { output: now(random, late, 0.9) ? text.slice(0, -1) : text };
    });
    expect(cut).toEqual([]);
    expect(style).toMatchObject([{ direction: 'changed', severity: 'watch' }]);
    expect(style[0]!.title).toMatch(/^Answers without a full stop at the end rose/);
    expect(report.worse).toBe(false);
  });

  test('a log that keeps so many characters cuts texts, and not answers', async () => {
    const { cut, style, report } = await audited('kept', (random, late) => ({
      output: prose(random, 'en', late ? 3 : 1).slice(0, 400),
    }));
    expect([...cut, ...style]).toEqual([]);
    expect(report.assumptions.join(' ')).toContain('The log keeps 400 characters of an answer');
  });
});
