import { expect, test } from 'vitest';
import type { Piece } from './pieces.ts';
import { openRecent } from './recent.ts';

const piece = (spanId: string, said = 'a text'): Piece => ({
  traceId: 't',
  spanId,
  parentSpanId: null,
  name: null,
  startMs: 0,
  endMs: null,
  attributes: { said },
});
function sender(id: string) {
  let parts: { oldest: number; newest: number } | undefined = { oldest: 1, newest: 2 };
  return { client: { id }, intake: { waitingParts: () => parts }, loaded: () => (parts = { oldest: 3, newest: 3 }) };
}

test('what was said lately is known until the store has it, to its client alone', () => {
  const recent = openRecent();
  const [ours, theirs] = [sender('ours'), sender('theirs')];
  recent.keep(ours, [piece('1', 'first')]);
  recent.keep(ours, [piece('1', 'second')]);
  expect(recent.find(ours, [piece('1'), piece('2')])).toEqual(new Map([['t-1', piece('1', 'second')]]));
  expect(recent.find(theirs, [piece('1')]).size).toBe(0);
  ours.loaded();
  expect(recent.find(ours, [piece('1')]).size).toBe(0);
});

test('with too much waiting a client is told to come again, another is not, and what the store has makes room', async () => {
  const recent = openRecent(1000);
  const [ours, theirs] = [sender('ours'), sender('theirs')];
  recent.keep(ours, [piece('1', 'a'.repeat(1000))]);
  const ask = (who: typeof ours) => recent.inTurn(who, ['t-1'], () => Promise.resolve('done'));
  await expect(ask(ours)).rejects.toMatchObject({ code: 'too_many' });
  expect(await ask(theirs)).toBe('done');
  ours.loaded();
  expect(await ask(ours)).toBe('done');
  expect(recent.bytes()).toBe(0);
});

test('those who tell of one span take turns, also after one that failed, and nobody waits for them who tells of another', async () => {
  const recent = openRecent();
  const ours = sender('ours');
  const order: string[] = [];
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const first = recent.inTurn(ours, ['a', 'b'], async () => {
    await opened;
    order.push('first');
    throw new Error('failed');
  });
  const second = recent.inTurn(ours, ['b', 'c'], () => Promise.resolve(order.push('second')));
  await recent.inTurn(ours, ['d'], () => Promise.resolve(order.push('other')));
  open();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(order).toEqual(['other', 'first', 'second']);
});
