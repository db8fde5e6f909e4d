import { expect, test } from 'vitest';
import { atOnce } from './at-once.ts';

test('so much is done at once and no more, in order, also where some of it fails', async () => {
  const run = atOnce(2);
  let [under, most] = [0, 0];
  const begun: number[] = [];
  const piece = (n: number) =>
    run(async () => {
      begun.push(n);
      most = Math.max(most, (under += 1));
      await new Promise((passed) => setImmediate(passed));
      under -= 1;
      if (n % 3 === 0) throw new Error('No.');
      return n;
    });
  const ended = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => piece(n)));
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(most).toBe(2);
  expect(ended.map((one) => (one.status === 'fulfilled' ? one.value : 'No.'))).toEqual(['No.', 1, 2, 'No.', 4, 5, 'No.', 7, 8]);
});
