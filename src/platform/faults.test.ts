import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from './faults.ts';

const Input = z.strictObject({
  client: z.string().min(1).default('c'),
  name: z.string().min(1).max(5).optional(),
  from: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
  price: z.number().positive().optional(),
  status: z.enum(['ok', 'error']).optional(),
  id: z.uuid().optional(),
  scores: z
    .array(z.strictObject({ value: z.number() }))
    .max(2)
    .optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{2}$/, 'A trace id has 2 hexadecimal digits.')
    .optional(),
});

test.each([
  [{ client: 7 }, 'client: must be a text'],
  [{ name: '' }, 'name: must have 1 or more characters'],
  [{ name: 'too long' }, 'name: must have 5 or fewer characters'],
  [{ from: 'yesterday' }, 'from: must be a time such as 2026-01-31T12:00:00Z'],
  [{ limit: 'many' }, 'limit: must be a number'],
  [{ limit: 1.5 }, 'limit: must be a whole number'],
  [{ limit: 0 }, 'limit: must be 1 or more'],
  [{ price: 0 }, 'price: must be more than 0'],
  [{ status: 'bad' }, 'status: must be ok or error'],
  [{ id: 'x' }, 'id: must be an id'],
  [{ scores: [{ value: 1 }, {}] }, 'scores.1.value: is missing'],
  [{ scores: [{ value: 1 }, { value: 1 }, { value: 1 }] }, 'scores: must have 2 or fewer entries'],
  [{ traceId: 'zz' }, 'traceId: A trace id has 2 hexadecimal digits.'],
  [{ colour: 'red' }, 'colour: is not known here'],
  [{ limit: 0, status: 'bad' }, 'limit: must be 1 or more\nstatus: must be ok or error'],
  ['text', 'must be an object of fields'],
])('what is wrong is told in words, field by field: %j', (raw, message) => {
  expect(() => parseInput(Input, raw)).toThrow(
    expect.objectContaining({ code: 'invalid', message, details: expect.any(Array) }) as Error,
  );
});
