import { expect, test } from 'vitest';
import { openSlots, type Slots } from './slots.ts';

const takeAll = (slots: Slots, client: string) => {
  const taken: (() => void)[] = [];
  for (let back = slots.take(client); back; back = slots.take(client)) taken.push(back);
  return taken;
};

test('whoever takes all that they get leaves places for others, and what is given back is there again', () => {
  const slots = openSlots(64);
  const noisy = takeAll(slots, 'noisy');
  expect(noisy).toHaveLength(52);
  const second = takeAll(slots, 'second');
  expect(second.length).toBeGreaterThan(8);
  expect(slots.take('quiet')).toBeDefined();
  for (const back of [...noisy, ...second]) back();
  // The quiet one still has its own.
  expect(takeAll(slots, 'noisy').length).toBeGreaterThan(48);
});
