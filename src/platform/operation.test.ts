import { expect, test } from 'vitest';
import { z } from 'zod';
import { fixedClock } from './clock.ts';
import { readConfig } from './config.ts';
import type { Actor, Context } from './context.ts';
import { openLog } from './log.ts';
import { operation, perform, type Access } from './operation.ts';

const context = (actor: Actor): Context => ({
  actor,
  now: fixedClock('2026-06-03T00:00:00Z'),
  config: readConfig({}),
  log: openLog('silent'),
  progress: () => {},
});
const local = context({ kind: 'local' });

const greet = (access: Access = 'read', answer: unknown = 'hello') => {
  const seen: unknown[] = [];
  const op = operation({
    name: 'test.greet',
    summary: 'Greets.',
    access,
    input: z.object({ name: z.string(), times: z.coerce.number().default(1) }),
    output: z.object({ text: z.string() }),
    run: (_ctx, input) => {
      seen.push(input);
      return Promise.resolve({ text: answer as string });
    },
  });
  return { op, seen };
};

test('what runs is the parsed input, and what answers the parsed output', async () => {
  const { op, seen } = greet();
  expect(await perform(op, local, { name: 'Ada', times: '2', extra: true })).toEqual({ text: 'hello' });
  expect(seen).toEqual([{ name: 'Ada', times: 2 }]);
});

test.each([[null], ['Ada'], [{}], [{ name: 7 }]])('bad input never runs: %j', async (raw) => {
  const { op, seen } = greet();
  await expect(perform(op, local, raw)).rejects.toMatchObject({ code: 'invalid', details: expect.any(Array) });
  expect(seen).toEqual([]);
});

test('an answer of the wrong shape is a bug of ours, not of the caller', async () => {
  const error: unknown = await perform(greet('read', 7).op, local, { name: 'Ada' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(z.ZodError);
});

test.each<[Access, boolean]>([
  ['local', false],
  ['read', true],
  ['write', true],
  ['admin', true],
])('the person at the terminal may do everything; a job what is %s: %s', async (access, allowed) => {
  const job = context({ kind: 'job', name: 'test.sweep' });
  await expect(perform(greet(access).op, local, { name: 'Ada' })).resolves.toBeDefined();
  const { op, seen } = greet(access);
  const done = perform(op, job, { name: 'Ada' });
  if (allowed) await expect(done).resolves.toEqual({ text: 'hello' });
  else {
    await expect(done).rejects.toMatchObject({ code: 'forbidden' });
    expect(seen).toEqual([]);
  }
});

test('an actor without a rule is let in nowhere', async () => {
  const stranger = context({ kind: 'agent' } as unknown as Actor);
  await expect(perform(greet('read').op, stranger, { name: 'Ada' })).rejects.toMatchObject({ code: 'forbidden' });
});
