import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { tablesThere } from './retention-store.ts';
import { keptWithoutTexts, nameOrNothing, unexplained } from './texts.ts';

export const Kind = z.enum(['texts', 'spans', 'logs', 'metrics', 'scores']);
export type Kind = z.infer<typeof Kind>;

/** In which they are, what lists are read from before what it was filled from. */
const tables: Record<Exclude<Kind, 'texts'>, readonly string[]> = {
  spans: ['span_line', 'span'],
  logs: ['log_record'],
  metrics: ['metric_point'],
  scores: ['score'],
};

const Key = z.object({ name: z.string() });
const older = `received_at < parseDateTime64BestEffort({before:String}, 3, 'UTC')`;
const withTexts = `${older} AND NOT has(flags, 'texts_expired')`;

/** Removes what a client does not want to keep any longer. Safe to run twice. */
export async function expire(ctx: Context, kind: Kind, days: number): Promise<void> {
  const before = new Date(ctx.now().getTime() - days * DAY_MS);
  if (kind === 'texts') return expireTexts(ctx, before.toISOString());
  const there = await tablesThere(ctx);
  for (const table of tables[kind]) if (there.has(table)) await ctx.removal.remove(table, { before }, 'retention');
}

/**
 * Spans and records stay, with their numbers; what went into models and came out of them goes, and what was logged or said of it:
 * what a client that keeps no texts would not have kept.
 */
async function expireTexts(ctx: Context, before: string): Promise<void> {
  for (const [table, gone] of [
    ['span', `input = NULL, output = NULL, status_message = NULL, events = '[]', scores = ${unexplained('scores')}`],
    ['log_record', `body = 'null', name = ${nameOrNothing('name')}`],
  ] as const) {
    const keys = await ctx.telemetry.rows(Key)(
      `SELECT DISTINCT arrayJoin(mapKeys(attributes)) AS name FROM ${table} WHERE client_id = {client:UUID} AND ${withTexts}`,
      { before },
    );
    const kept = keptWithoutTexts(keys.map(({ name }) => name));
    await ctx.removal.change(
      table,
      `UPDATE ${gone}, flags = arrayPushBack(flags, 'texts_expired'), attributes = ${kept.attributes}`,
      withTexts,
      { before, ...kept.params },
    );
  }
  await ctx.removal.change('score', 'UPDATE explanation = NULL', `${older} AND explanation IS NOT NULL`, { before });
}
