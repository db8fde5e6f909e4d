import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import { DAY_MS } from '../../../platform/clock.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { invalid } from '../../../platform/problem.ts';
import { BuiltIn, noRedaction, OwnPattern, Redaction } from './model.ts';
import { keeperFor } from './redaction.ts';
import { countStruck, findRedaction, setRedaction } from './store.ts';
import { statesOf, strikerOf } from './strike.ts';

export const readsPrivacy = {
  of: 'client',
  does: 'read',
  key: 'read',
  roles: ['owner', 'operator', 'sponsor'],
} satisfies ClientAccess;
export const decidesPrivacy = { of: 'client', does: 'write', key: 'admin', roles: ['owner', 'operator'] } satisfies ClientAccess;

const COUNTED_DAYS = 30;
/** Some 40 ns for each and each character of a text. A pattern such as `KD-\d{4,12}` has 20. */
const MOST_STATES = 500;
const LONGEST_TRIED = 20_000;
/** States times characters: a tenth of a second. Who may only read must not keep the server from others. */
const MOST_TRIED = 2_500_000;

const settings = {
  patterns: z.array(BuiltIn).max(20).optional().describe('Built-in patterns: email, phone, card, iban, secret.'),
  own: z.array(OwnPattern).max(20).optional().describe('Patterns of the client’s own.'),
  dropTexts: z
    .boolean()
    .optional()
    .describe(
      'Keep no texts at all: what went into models and came out of them, what was logged, and attributes that may hold any of it.',
    ),
};

export const showRedaction = operation({
  name: 'redaction.show',
  summary: 'Show what is struck from a client’s telemetry before it is kept, and how much that was lately.',
  access: readsPrivacy,
  input: z.object({ client: clientField }),
  output: Redaction.extend({
    struck: z.array(z.object({ name: z.string(), count: z.number() })).describe(`In the last ${COUNTED_DAYS} days.`),
  }),
  async run(ctx) {
    const since = new Date(ctx.now().getTime() - COUNTED_DAYS * DAY_MS);
    const [redaction, struck] = await Promise.all([findRedaction(ctx.records, ctx.client!.id), countStruck(ctx, since)]);
    return { ...redaction, struck };
  },
});

export const changeRedaction = operation({
  name: 'redaction.set',
  summary:
    'Say what is struck from a client’s telemetry before it is kept. It holds for what comes in from now on; what is left out stays as it is.',
  access: decidesPrivacy,
  confirms: true,
  input: z.object({ client: clientField, ...settings }),
  output: Redaction,
  async run(ctx, { patterns, own, dropTexts }) {
    readable({ ...noRedaction, own: own ?? [] });
    const redaction = await setRedaction(ctx, { ...(patterns && { patterns: [...new Set(patterns)] }), own, dropTexts });
    keeperFor.changed(ctx.client!.id);
    return redaction;
  },
});

export const tryRedaction = operation({
  name: 'redaction.try',
  summary: 'Show what would be left of a text. Without patterns, those of the client are tried. Nothing is kept.',
  access: readsPrivacy,
  input: z.object({
    client: clientField,
    text: z.string().max(LONGEST_TRIED),
    patterns: settings.patterns,
    own: settings.own,
  }),
  output: z.object({ text: z.string(), struck: z.array(z.object({ name: z.string(), count: z.number() })) }),
  async run(ctx, { text, patterns, own }) {
    const asked = patterns || own ? { patterns: patterns ?? [], own: own ?? [], dropTexts: false } : undefined;
    const struck = new Map<string, number>();
    const { striker, states } = readable(asked ?? (await findRedaction(ctx.records, ctx.client!.id)));
    if (states * text.length > MOST_TRIED)
      throw invalid(`The text is too long to try such patterns on it: try ${Math.floor(MOST_TRIED / states)} characters of it.`);
    return { text: striker(text, struck), struck: Array.from(struck, ([name, count]) => ({ name, count })) };
  },
});

function readable(redaction: Redaction) {
  const { striker, states } = read(redaction);
  if (states > MOST_STATES)
    throw invalid(
      `The own patterns are too costly together: ${states} states of ${MOST_STATES}. Large repetitions make them so.`,
    );
  return { striker, states };
}

function read(redaction: Redaction) {
  try {
    return { striker: strikerOf(redaction), states: statesOf(redaction) };
  } catch (error) {
    throw invalid(`A pattern cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
