import { expect, test } from 'vitest';
import { seededRandom } from './math/random.ts';
import { attribute, explainMix, type SegmentStats } from './mix.ts';

const segments = (entries: Record<string, SegmentStats>) => new Map(Object.entries(entries));

test('each segment steady while the mix moves is called mix, not loss of quality', () => {
  const before = segments({ easy: { n: 900, mean: 0.95 }, hard: { n: 100, mean: 0.5 } });
  const after = segments({ easy: { n: 400, mean: 0.95 }, hard: { n: 600, mean: 0.5 } });
  const { total, within, mix, verdict } = explainMix(before, after);
  expect(verdict).toBe('mix');
  expect(within).toBeCloseTo(0, 10);
  expect(total).toBeCloseTo(0.4 * 0.95 + 0.6 * 0.5 - (0.9 * 0.95 + 0.1 * 0.5), 10);
  expect(mix).toBeCloseTo(total, 10);
});

test('both segments better while the total falls is Simpson’s paradox, and both parts are told', () => {
  const before = segments({ easy: { n: 5000, mean: 0.9 }, hard: { n: 1000, mean: 0.4 } });
  const after = segments({ easy: { n: 1000, mean: 0.95 }, hard: { n: 5000, mean: 0.55 } });
  const { total, within, mix, verdict } = explainMix(before, after);
  expect([Math.sign(total), Math.sign(within), Math.sign(mix)]).toEqual([-1, 1, -1]);
  expect(verdict).toBe('both');
});

test('a real loss at a steady mix is called real', () => {
  const before = segments({ a: { n: 500, mean: 0.9 }, b: { n: 500, mean: 0.8 } });
  const after = segments({ a: { n: 510, mean: 0.7 }, b: { n: 490, mean: 0.6 } });
  expect(explainMix(before, after).verdict).toBe('real');
});

test('noise does not decide: two samples of the same log are unclear', () => {
  const random = seededRandom(3);
  const draw = () => {
    const hard = Array.from({ length: 300 }, () => random() < 0.3).filter(Boolean).length;
    const hits = (n: number, rate: number) => Array.from({ length: n }, () => random() < rate).filter(Boolean).length / n;
    return segments({ easy: { n: 300 - hard, mean: hits(300 - hard, 0.9) }, hard: { n: hard, mean: hits(hard, 0.6) } });
  };
  const decided = Array.from({ length: 300 }, () => explainMix(draw(), draw()).verdict).filter(
    (verdict) => verdict !== 'unclear',
  );
  expect(decided.length).toBeLessThan(15);
});

test('a segment that appears counts as mix', () => {
  const before = segments({ old: { n: 1000, mean: 0.9 } });
  const after = segments({ old: { n: 500, mean: 0.9 }, fresh: { n: 500, mean: 0.4 } });
  expect(explainMix(before, after)).toMatchObject({ verdict: 'mix', within: 0 });
});

test('the one model that fell is named as the carrier', () => {
  const before = segments({ 'gpt-4': { n: 500, mean: 0.84 }, 'gpt-3.5': { n: 500, mean: 0.6 } });
  const after = segments({ 'gpt-4': { n: 500, mean: 0.5 }, 'gpt-3.5': { n: 500, mean: 0.61 } });
  const { carrier } = attribute(before, after);
  expect(carrier?.segment).toBe('gpt-4');
  expect(carrier?.share).toBeGreaterThan(0.95);
});

test('a loss spread evenly has no carrier', () => {
  const before = segments({ a: { n: 500, mean: 0.8 }, b: { n: 500, mean: 0.8 } });
  const after = segments({ a: { n: 500, mean: 0.6 }, b: { n: 500, mean: 0.6 } });
  expect(attribute(before, after).carrier).toBeNull();
});
