import { expect, test } from 'vitest';
import { balance } from './balance.ts';

const received = (items: number, isElsewhere?: boolean) => ({
  hour: '2026-06-03T00:00:00.000Z',
  kind: 'span',
  outcome: 'received' as const,
  reason: '',
  items,
  requests: 1,
  bytes: 1,
  ...(isElsewhere && { isElsewhere }),
});
const books = (entered: number, waiting: ReturnType<typeof received>[], stored: number) =>
  balance({ entered: [received(entered)], waiting, stored: new Map([['span', stored]]), removed: [] });

test('what a killed process had loaded before its lines is stored, and waits nowhere', () => {
  expect(books(5140, [received(1740, true)], 6880)).toMatchObject({
    received: 6880,
    stored: 6880,
    spooled: 0,
    difference: 0,
    balanced: true,
  });
  // The half of it.
  expect(books(5140, [received(1740, true)], 6000)).toMatchObject({ stored: 6000, spooled: 880, balanced: true });
  // With its lines.
  expect(books(6880, [received(1740, true)], 6880)).toMatchObject({ received: 8620, spooled: 1740, balanced: true });
});

test('nothing else that is too much or missing is put down to it', () => {
  expect(books(5140, [received(1740, true)], 7000)).toMatchObject({ spooled: 0, difference: -120, balanced: false });
  expect(books(5140, [received(1740)], 6880)).toMatchObject({ spooled: 1740, difference: -1740, balanced: false });
  expect(books(5140, [received(1740, true)], 5000)).toMatchObject({ spooled: 1740, difference: 140, balanced: false });
});
