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

test('who takes many places at once leaves some to others, too, and nobody gets more than there are', () => {
  const slots = openSlots(100);
  expect(slots.take('noisy', 101)).toBeUndefined();
  const back = slots.take('noisy', 80);
  expect(back).toBeDefined();
  expect(slots.take('noisy', 10)).toBeUndefined();
  expect(slots.take('quiet', 21)).toBeUndefined();
  expect(slots.take('quiet', 15)).toBeDefined();
  back!();
  expect(slots.take('noisy', 60)).toBeDefined();
});
