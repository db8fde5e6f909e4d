import { setImmediate as moment } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openChanges } from './changes.ts';

/** A piece of work that lasts until it is told to end. */
function lasting() {
  let end = () => {};
  const ended = new Promise<void>((over) => (end = over));
  return { end, work: () => ended };
}

test('changes go side by side, stillness waits for them, and who comes later waits for it', async () => {
  const { during, still } = openChanges();
  const done: string[] = [];
  const note = (what: string) => async () => {
    done.push(`${what} begins`);
    await moment();
    done.push(`${what} ends`);
  };
  await Promise.all([during(note('a')), during(note('b')), still(note('still')), during(note('c')), still(note('again'))]);
  expect(done).toEqual(
    ['a', 'b'].map((one) => `${one} begins`).concat(['a ends', 'b ends'], both('still'), both('c'), both('again')),
  );
});

const both = (what: string) => [`${what} begins`, `${what} ends`];

test('steps of a change are done while stillness waits for the whole of it', async () => {
  const { during, still } = openChanges();
  const done: string[] = [];
  let waiting: Promise<unknown> = Promise.resolve();
  await during(async () => {
    await during(() => Promise.resolve(done.push('first step')));
    waiting = still(() => Promise.resolve(done.push('still')));
    await moment();
    await during(() => Promise.resolve(done.push('second step')));
  });
  await waiting;
  expect(done).toEqual(['first step', 'second step', 'still']);
});

test('what a change left running does not pass for a step of it', async () => {
  const { during, still } = openChanges();
  const done: string[] = [];
  const later = lasting();
  let left: Promise<unknown> = Promise.resolve();
  await during(() => {
    left = later.work().then(() => during(() => Promise.resolve(done.push('late'))));
    return Promise.resolve();
  });
  await still(async () => {
    later.end();
    await moment();
    done.push('still');
  });
  await left;
  expect(done).toEqual(['still', 'late']);
});

test('stillness that does not come, or is not wanted any longer, holds nobody up', async () => {
  const { during, still } = openChanges(30, 0);
  const long = lasting();
  const under = during(long.work);
  const never = () => Promise.reject(new Error('It was begun.'));
  const late = still(never);
  const behind = during(() => Promise.resolve('done'));
  await expect(late).rejects.toMatchObject({ code: 'unavailable' });
  expect(await behind).toBe('done');

  const patient = openChanges();
  const other = lasting();
  const busy = patient.during(other.work);
  const closing = new AbortController();
  const given = patient.still(never, closing.signal);
  closing.abort(new Error('Closing.'));
  await expect(given).rejects.toThrow('Closing.');
  await expect(patient.still(never, closing.signal)).rejects.toThrow('Closing.');
  other.end();
  long.end();
  await Promise.all([under, busy]);
  expect(await patient.still(() => Promise.resolve('free'))).toBe('free');
});

test('stillness waits on for a change that lasts, and meanwhile lets others through', async () => {
  const { during, still } = openChanges(20);
  const long = lasting();
  const under = during(long.work);
  const done: string[] = [];
  const waiting = still(() => Promise.resolve(done.push('still')));
  // Each comes while stillness is waited for, and goes first in the end.
  for (const name of ['a', 'b', 'c']) await during(() => Promise.resolve(done.push(name)));
  expect(done).toEqual(['a', 'b', 'c']);
  long.end();
  await Promise.all([under, waiting]);
  expect(done.at(-1)).toBe('still');
});
