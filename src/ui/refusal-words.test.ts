import { expect, test } from 'vitest';
import { z } from 'zod';
import { Refusal } from './api.ts';
import { inWords } from './refusal-words.ts';

const Input = z.strictObject({
  from: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
  status: z.enum(['ok', 'error']).optional(),
  search: z.string().min(2).max(5).optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{2}$/, 'A trace id has 2 hexadecimal digits.')
    .optional(),
});
const refused = (input: object) => {
  const { error } = Input.safeParse(input);
  return new Refusal('invalid', z.prettifyError(error!), error!.issues);
};

test.each([
  [{ from: 'yesterday' }, '“from” must be a time such as 2026-01-31T12:00:00Z.'],
  [{ limit: 'many' }, '“limit” must be a number.'],
  [{ limit: 1.5 }, '“limit” must be a whole number.'],
  [{ limit: 0 }, '“limit” must be 1 or more.'],
  [{ limit: 1000 }, '“limit” must be 100 or fewer.'],
  [{ status: 'bad' }, '“status” must be ok or error.'],
  [{ search: 'x' }, '“search” must have 2 or more characters.'],
  [{ search: 7 }, '“search” must be a text.'],
  [{ traceId: 'zz' }, '“traceId” cannot be so: A trace id has 2 hexadecimal digits.'],
  [{ colour: 'red' }, '“colour” is not known here.'],
  [{ limit: 0, status: 'bad' }, '“limit” must be 1 or more. “status” must be ok or error.'],
])('what stands wrongly is told in plain words: %j', (input, words) => {
  expect(inWords(refused(input))).toBe(words);
});

test('a sentence of the server stays as it is', () => {
  for (const details of [undefined, [], 'text', [{ other: 1 }], { reason: 'LINK_SPENT' }])
    expect(inWords(new Refusal('invalid', 'Try another.', details))).toBe('Try another.');
});
