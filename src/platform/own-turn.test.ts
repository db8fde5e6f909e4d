import { expect, test } from 'vitest';
import { ownTurn } from './own-turn.ts';

test('each piece of work has a turn of the event loop of its own, in the order in which they were asked for', async () => {
  let turn = 0;
  let ticking: NodeJS.Immediate;
  const tick = () => {
    turn += 1;
    ticking = setImmediate(tick);
  };
  tick();
  const done: { name: string; turn: number }[] = [];
  const piece = async (name: string) => {
    await ownTurn();
    // A further step of the same piece needs no turn.
    await Promise.resolve();
    done.push({ name, turn });
  };
  await Promise.all(['a', 'b', 'c'].map(piece));
  await piece('d');
  clearImmediate(ticking!);
  expect(done.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(new Set(done.map((one) => one.turn)).size).toBe(4);
});
