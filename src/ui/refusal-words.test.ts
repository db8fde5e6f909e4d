import { expect, test } from 'vitest';
import { Refusal } from './api.ts';
import { inWords } from './refusal-words.ts';

const refused = (...details: { path: (string | number)[]; message: string }[]) => new Refusal('invalid', 'All of it.', details);

test('what stands wrongly is told by its field', () => {
  const limit = { path: ['limit'], message: 'must be a number' };
  expect(inWords(refused(limit))).toBe('“limit” must be a number.');
  expect(inWords(refused(limit, { path: ['scores', 0, 'value'], message: 'is missing' }))).toBe(
    '“limit” must be a number. “value” is missing.',
  );
  expect(inWords(refused({ path: ['traceId'], message: 'A trace id has 2 hexadecimal digits.' }))).toBe(
    '“traceId” cannot be so: A trace id has 2 hexadecimal digits.',
  );
});

test('a sentence of the server stays as it is', () => {
  for (const details of [undefined, [], 'text', [{ other: 1 }], { reason: 'LINK_SPENT' }])
    expect(inWords(new Refusal('invalid', 'Try another.', details))).toBe('Try another.');
});
