import { setImmediate as moment } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTurns } from './turns.ts';

test('however many ask, work that waits has its turn next', async () => {
  const { work, together } = openTurns();
  const done: string[] = [];
  const note = async (what: string) => {
    await moment();
    done.push(what);
  };
  const all = [
    work(() => note('work 1')),
    ...Array.from({ length: 100 }, () => together(() => note('question'))),
    work(() => note('work 2')),
    // Those who come while work 2 waits are asked with the others.
    ...Array.from({ length: 100 }, () => together(() => note('question'))),
    work(() => note('work 3')),
  ];
  await Promise.all(all);
  expect(done).toEqual(['work 1', ...Array.from({ length: 200 }, () => 'question'), 'work 2', 'work 3']);
});

test('a question that fails fails alone, and a question never sees half of a work', async () => {
  const { work, together } = openTurns();
  let half = false;
  const halfAndHalf = () =>
    work(async () => {
      half = true;
      await moment();
      half = false;
    });
  const bad = together(() => Promise.reject(new Error('no')));
  const good = Array.from({ length: 20 }, async () => {
    await Promise.all([halfAndHalf(), together(() => Promise.resolve(expect(half).toBe(false)))]);
  });
  await expect(bad).rejects.toThrow('no');
  await Promise.all(good);
});

test('two works go side by side, and a question waits for both and is waited for', async () => {
  const { work, together } = openTurns(2);
  const done: string[] = [];
  const note = async (what: string) => {
    done.push(`${what} begins`);
    await moment();
    done.push(`${what} ends`);
  };
  await Promise.all([
    work(() => note('work 1')),
    work(() => note('work 2')),
    together(() => note('question')),
    work(() => note('work 3')),
  ]);
  expect(done).toEqual([
    'work 1 begins',
    'work 2 begins',
    'work 1 ends',
    'work 2 ends',
    'question begins',
    'question ends',
    'work 3 begins',
    'work 3 ends',
  ]);
});
