import { z } from 'zod';

export const BuiltIn = z.enum(['email', 'phone', 'card', 'iban', 'secret']);
export type BuiltIn = z.infer<typeof BuiltIn>;

export const OwnPattern = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'A name has small letters, digits, "_" and "-".')
    .describe('Stands in place of what was struck.'),
  pattern: z.string().min(1).max(500).describe('A regular expression as RE2 reads it: no look-around, no back references.'),
});

/** What is struck from a client's telemetry before it is kept. */
export const Redaction = z.object({
  patterns: z
    .array(BuiltIn)
    .describe('Built-in patterns: email, phone, card (with checksum), iban (with checksum), secret (keys and tokens).'),
  own: z.array(OwnPattern),
  dropTexts: z
    .boolean()
    .describe(
      'Keep no texts at all: what went into models and came out of them, what was logged, and attributes that may hold any of it.',
    ),
});
export type Redaction = z.infer<typeof Redaction>;

export const noRedaction: Redaction = { patterns: [], own: [], dropTexts: false };

/** The attribute of a span that says how much was struck from it, by the name of the pattern. */
export const STRUCK = 'steward.struck';

/** How much was struck, by the name of the pattern. */
export type Struck = Map<string, number>;

/** Where in a text something begins and ends, from left to right. */
export type Found = Iterable<readonly [begin: number, end: number]>;

/** What is looked for in texts. The work grows with the length of the text and with nothing else, whatever stands in it. */
export type Pattern = (text: string) => Found;
