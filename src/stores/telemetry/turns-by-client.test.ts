import { expect, test } from 'vitest';
import { turnsByClient } from './turns-by-client.ts';

/** Work that ends when it is told to. */
function works() {
  const begun: { name: string; end: () => void }[] = [];
  const work = (name: string) => () => new Promise<string>((resolve) => begun.push({ name, end: () => resolve(name) }));
  return { begun, work, names: () => begun.map(({ name }) => name) };
}
const passed = () => new Promise((resolve) => setImmediate(resolve));

test('the questions of one client wait for each other, and those of another do not', async () => {
  const inTurn = turnsByClient({ most: 2, patienceMs: 600_000 });
  const { begun, work, names } = works();
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => inTurn('a', work(name)));
  all.push(inTurn('b', work('b1')));
  await passed();
  expect(names()).toEqual(['a1', 'a2', 'b1']);
  begun[1]!.end();
  await passed();
  expect(names()).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const at of [0, 2, 3]) begun[at]!.end();
  await passed();
  begun[4]!.end();
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
});

test('a question that fails gives its place to the next', async () => {
  const inTurn = turnsByClient({ most: 1, patienceMs: 600_000 });
  const fails = inTurn('a', () => Promise.reject(new Error('no')));
  const next = inTurn('a', () => Promise.resolve('next'));
  await expect(fails).rejects.toThrow('no');
  expect(await next).toBe('next');
});

test('one that waited too long is refused, and takes no place', async () => {
  const inTurn = turnsByClient({ most: 1, patienceMs: 1 });
  const { begun, work } = works();
  const first = inTurn('a', work('first'));
  await expect(inTurn('a', work('late'))).rejects.toMatchObject({ code: 'too_many' });
  begun[0]!.end();
  expect(await first).toBe('first');
  expect(await inTurn('a', () => Promise.resolve('after'))).toBe('after');
});
