import { expect, test } from 'vitest';
import { writeTurns } from './write-turns.ts';

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

test('a client has two changes at once that take long, and others have theirs', async () => {
  const inTurn = writeTurns();
  const { open, opened } = gate();
  let [running, most] = [0, 0];
  const long = (client: string) =>
    inTurn(client, true, async () => {
      most = Math.max(most, (running += 1));
      await opened;
      running -= 1;
    });
  const begun = Array.from({ length: 30 }, () => long('a'));
  expect(await inTurn('a', false, () => Promise.resolve('short'))).toBe('short');
  expect(await inTurn('b', true, () => Promise.resolve('another'))).toBe('another');
  open();
  await Promise.all(begun);
  expect(most).toBe(2);
});

test('one that waits too long is told to come again, and takes nobody’s turn', async () => {
  const inTurn = writeTurns(1);
  const { open, opened } = gate();
  const begun = Array.from({ length: 8 }, (_, n) => inTurn(`client ${n >> 1}`, true, () => opened));
  await expect(inTurn('client 0', true, () => opened)).rejects.toMatchObject({ code: 'too_many' });
  await expect(inTurn('another', true, () => opened)).rejects.toMatchObject({ code: 'too_many' });
  open();
  await Promise.all(begun);
  expect(await inTurn('another', true, () => Promise.resolve('now'))).toBe('now');
});

test('of short ones four run, the others wait for their turn, and one that fails gives way, too', async () => {
  const inTurn = writeTurns();
  const { open, opened } = gate();
  let [running, most] = [0, 0];
  const all = Array.from({ length: 30 }, (_, n) =>
    inTurn('a', false, async () => {
      most = Math.max(most, (running += 1));
      await opened;
      running -= 1;
      if (n % 2 === 0) throw new Error('failed');
    }).catch(() => 'failed'),
  );
  open();
  expect((await Promise.all(all)).filter((one) => one === 'failed')).toHaveLength(15);
  expect(most).toBe(4);
});
