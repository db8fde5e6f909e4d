import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../platform/context.ts';
import { noteDays, sumNoted } from '../sums/index.ts';
import type { RowCounts, UserHashes } from '../../../platform/practice.ts';
import {
  daysOfScores,
  daysOfTraces,
  explanationsWith,
  findErasedTraces,
  insertErasedTraces,
  STRUCK_AS,
  tablesOfTraces,
  tracesOfUser,
  tracesOfHashes,
  type TableCounts,
} from './erasure-store.ts';
import { markOfName } from './strike-span.ts';

/**
 * What is kept of who was erased, by all the names they have: enough to find what still arrives, and to see whether a name was
 * meant. Where redaction struck a name, by whatever rules it had then, what tells it from others stands behind it.
 */
export function hashesOf(user: string, clientId: string): UserHashes {
  const userSalt = randomBytes(16).toString('hex');
  const names = [user, STRUCK_AS + markOfName(user, clientId)];
  return { userSalt, userHashes: names.map((name) => saltedHash(userSalt, name)) };
}

const saltedHash = (salt: string, name: string) =>
  createHash('sha256')
    .update(salt + name)
    .digest('hex');

/** What was erased, and of which traces. */
export interface Erased {
  readonly counts: TableCounts[];
  readonly traceIds: readonly string[];
}

/** How many traces are named in one statement. */
const AT_ONCE = 2000;

/** Erases the traces that a user had a part in, from every table, and what else names them; counted before and after. */
export const eraseUser = (ctx: Context, user: UserHashes, until: Date, late: readonly string[] = []): Promise<Erased> =>
  ctx.removal.during(() => eraseEverywhere(ctx, user, until, late));

/**
 * What came since of the traces that an erasure took: a span that names nobody is known by its trace alone. `since`: when the first
 * of it was sent that may not have been there.
 */
export async function lateOf(ctx: Context, erasure: { id: string; userSalt: string }, since: Date): Promise<string[]> {
  const hashes = await findErasedTraces(ctx, erasure.id);
  const found: string[] = [];
  for (let at = 0; at < hashes.length; at += AT_ONCE)
    found.push(...(await tracesOfHashes(ctx, erasure.userSalt, hashes.slice(at, at + AT_ONCE), since)));
  return found;
}

/** Keeps, as hashes, which traces an erasure took. */
export async function noteTraces(ctx: Context, erasure: { id: string; userSalt: string }, traceIds: readonly string[]) {
  for (let at = 0; at < traceIds.length; at += NOTED_AT_ONCE)
    await insertErasedTraces(
      ctx,
      erasure.id,
      traceIds.slice(at, at + NOTED_AT_ONCE).map((id) => saltedHash(erasure.userSalt, id)),
    );
}

const NOTED_AT_ONCE = 20_000;

async function eraseEverywhere(ctx: Context, user: UserHashes, until: Date, late: readonly string[]): Promise<Erased> {
  const counts = new Map<string, RowCounts>();
  const count = (table: string, { before, after }: RowCounts) => {
    const sum = counts.get(table) ?? { before: 0, after: 0 };
    if (before > 0) counts.set(table, { before: sum.before + before, after: sum.after + after });
  };
  const traces = [...new Set([...(await tracesOfUser(ctx, user, until)), ...late])];
  const tables = await tablesOfTraces(ctx);
  const days = new Set<number>();
  const scored = new Set<number>();
  const portions = Array.from({ length: Math.ceil(traces.length / AT_ONCE) }, (_, n) =>
    traces.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  );
  for (const traceIds of portions) {
    for (const day of await daysOfTraces(ctx, traceIds)) days.add(day);
    for (const day of await daysOfScores(ctx, traceIds)) scored.add(day);
  }
  // Before anything goes: what is gone no longer says which days it was of. Nor does retention spare a day: who was erased is in no sum.
  const noted = traces.length > 0 ? await noteDays(ctx, { spans: [...days], scores: [...scored] }, true) : undefined;
  for (const traceIds of portions)
    // The spans last: they say which traces are the user's, should it end in the middle.
    for (const table of tables) count(table, await ctx.removal.remove(table, { traceIds }, 'erasure'));
  for (const table of ['log_record', 'metric_point'])
    count(table, await ctx.removal.remove(table, { ...user, until }, 'erasure'));
  count(ASIDE, await asideOf(ctx, until));
  // They are gone all the same where this fails.
  try {
    if (noted) await sumNoted(ctx, noted);
  } catch (error) {
    ctx.log.error(
      { err: error },
      'the sums of days on which somebody was erased still hold them; they are made again within two hours',
    );
  }
  return { counts: Array.from(counts, ([table, of]) => ({ table, ...of })), traceIds: traces };
}

/** As it is called among the tables. */
export const ASIDE = 'set aside';

/** Drops what the store or the disk did not take: batches, as nobody can read of whom they tell. */
const asideOf = async (ctx: Context, until: Date): Promise<RowCounts> => ({
  before: await ctx.removal.setAside(until),
  after: 0,
});

const WAITED_MS = 20_000;
const LOOK_MS = 100;

/** Waits a while for what the client sent before: what is still in the spool can be neither found nor counted. */
export async function awaitArrival({ intake }: Pick<Context, 'intake'>): Promise<void> {
  const untilMs = performance.now() + WAITED_MS;
  const late = sleep(WAITED_MS, false, { ref: false });
  const waits = () => intake.whileStill((waiting) => Promise.resolve(waiting.some(({ outcome }) => outcome === 'received')));
  while (performance.now() < untilMs && (await Promise.race([waits(), late]))) await sleep(LOOK_MS);
}

/** Strikes what was said of an answer where it speaks of the user: scores are kept, their explanations are not. */
export async function strikeExplanations(ctx: Context, names: readonly string[]): Promise<number> {
  const found = await explanationsWith(
    ctx,
    names.filter((name) => name.length >= SHORTEST_NAME),
  );
  for (let at = 0; at < found.length; at += AT_ONCE)
    await ctx.removal.change('score', 'UPDATE explanation = NULL', 'id IN {ids:Array(String)}', {
      ids: found.slice(at, at + AT_ONCE),
    });
  return found.length;
}

/** Shorter ones stand in every text. */
const SHORTEST_NAME = 4;
