import { expect, test } from 'vitest';
import { openSpare } from './spare.ts';

test('what was given back is used again where it is large enough, and by one at a time', () => {
  const spare = openSpare({ most: 2, largestBytes: 200_000 });
  const first = spare.take(100_000);
  expect(first).toHaveLength(100_000);
  expect(spare.take(100_000).buffer).not.toBe(first.buffer);
  spare.giveBack(first);
  const again = spare.take(90_000);
  expect(again).toHaveLength(90_000);
  expect(again.buffer).toBe(first.buffer);
  expect(spare.take(90_000).buffer).not.toBe(first.buffer);
});

test('what was given back twice, or is no piece of it, is not handed out twice', () => {
  const spare = openSpare({ most: 4, largestBytes: 200_000 });
  const taken = spare.take(10);
  spare.giveBack(taken);
  spare.giveBack(taken);
  spare.giveBack(Buffer.alloc(10));
  expect(spare.take(10).buffer).toBe(taken.buffer);
  expect(spare.take(10).buffer).not.toBe(taken.buffer);
});

test('the first bytes of a piece stand for it', () => {
  const spare = openSpare({ most: 2, largestBytes: 200_000 });
  const taken = spare.take(1000);
  taken.write('ab');
  const first = spare.first(taken, 1);
  expect(String(first)).toBe('a');
  spare.giveBack(taken);
  expect(spare.take(10).buffer).not.toBe(taken.buffer);
  spare.giveBack(first);
  expect(spare.take(1000).buffer).toBe(taken.buffer);
});

test('large pieces, and more than so many, are not kept', () => {
  const spare = openSpare({ most: 1, largestBytes: 200_000 });
  const large = spare.take(300_000);
  spare.giveBack(large);
  expect(spare.take(10).buffer).not.toBe(large.buffer);
  const [small, larger] = [spare.take(1000), spare.take(100_000)];
  spare.giveBack(larger);
  spare.giveBack(small);
  expect(spare.take(1000).buffer).toBe(larger.buffer);
  expect(spare.take(1000).buffer).not.toBe(small.buffer);
});
