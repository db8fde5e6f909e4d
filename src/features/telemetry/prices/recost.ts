import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../platform/context.ts';
import { Problem } from '../../../platform/problem.ts';
import { noteDaysOf, sumNoted } from '../sums/index.ts';
import type { OwnPrice } from './model.ts';
import { listPriceOf, type Price } from './price-of.ts';
import { tidy } from './rates.ts';
import { callsByMinute, isGiven, rowsToReplace, storedCalls, storedCost, type StoredCall } from './recost-store.ts';
import { listPrices } from './store.ts';

/** What the calls of a period cost together. */
export interface Sum {
  costUsd: number;
  /** Calls whose cost nobody knows. */
  unknown: number;
}

export interface Recosted {
  calls: number;
  /** Their cost was given by the client, and stays. */
  given: number;
  changed: number;
  before: Sum;
  after: Sum;
}

interface Change {
  call: StoredCall;
  price: Price | null;
}

/** Prices the calls of a period anew, by the prices as they are now. What a client gave stays. */
export const recost = (ctx: Context, from: string, to: string, dryRun: boolean): Promise<Recosted> =>
  dryRun ? priceAnew(ctx, from, to, true) : ctx.removal.during(() => priceAnew(ctx, from, to, false));

async function priceAnew(ctx: Context, from: string, to: string, dryRun: boolean): Promise<Recosted> {
  const prices = await listPrices(ctx.records, ctx.client!.id);
  const total: Recosted = {
    calls: 0,
    given: 0,
    changed: 0,
    before: { costUsd: 0, unknown: 0 },
    after: { costUsd: 0, unknown: 0 },
  };
  // From here on charts follow the new prices, also where this is cut off.
  const due = dryRun ? undefined : await noteDaysOf(ctx, Date.parse(from), Date.parse(to));
  let last: Change | undefined;
  for (const [begin, end] of windows(await callsByMinute(ctx, from, to), from, to)) {
    const calls = await storedCalls(ctx, begin, end);
    const changes = calls.filter((call) => !isGiven(call)).flatMap((call) => changeOf(call, prices));
    count(total, calls, changes);
    if (dryRun) continue;
    for (let at = 0; at < changes.length; at += AT_ONCE) await replace(ctx, begin, end, changes.slice(at, at + AT_ONCE));
    last = changes.at(-1) ?? last;
  }
  if (last) await untilStored(ctx, last);
  if (due) await sumNoted(ctx, due);
  return total;
}

const MOST_CALLS = 20_000;
const AT_ONCE = 200;

/** Stretches of a period with not too many calls in each. */
function* windows(minutes: readonly { minute: string; spans: number }[], from: string, to: string) {
  let begin = from;
  let calls = 0;
  for (const { minute, spans } of minutes) {
    if (calls > 0 && calls + spans > MOST_CALLS) {
      yield [begin, minute] as const;
      begin = minute;
      calls = 0;
    }
    calls += spans;
  }
  if (calls > 0) yield [begin, to] as const;
}

function changeOf(call: StoredCall, prices: readonly OwnPrice[]): Change[] {
  const span = { ...call, givenCostUsd: null, givenCostSource: null, costable: true };
  const price = listPriceOf(span, prices, new Date(call.startMs));
  const isSame = (price?.costUsd ?? null) === call.costUsd && (price?.source ?? null) === call.costSource;
  return isSame ? [] : [{ call, price }];
}

function count(total: Recosted, calls: readonly StoredCall[], changes: readonly Change[]) {
  const changed = new Map(changes.map(({ call, price }) => [call, price]));
  total.calls += calls.length;
  total.given += calls.filter(isGiven).length;
  total.changed += changes.length;
  for (const call of calls) {
    add(total.before, call.costUsd);
    add(total.after, changed.has(call) ? (changed.get(call)?.costUsd ?? null) : call.costUsd);
  }
}

function add(sum: Sum, costUsd: number | null) {
  if (costUsd === null) sum.unknown += 1;
  else sum.costUsd = tidy(sum.costUsd + costUsd);
}

async function replace(ctx: Context, from: string, to: string, changes: readonly Change[]): Promise<void> {
  const prices = new Map(changes.map(({ call, price }) => [call.traceId + call.spanId, price]));
  const rows = await rowsToReplace(
    ctx,
    from,
    to,
    changes.map(({ call }) => call),
  );
  await keepAll(
    ctx,
    rows.map((row) => {
      const price = prices.get(row.trace_id + row.span_id);
      return { ...row, cost_usd: price?.costUsd ?? null, cost_source: price?.source ?? null };
    }),
  );
}

const PATIENCE = 240;
const MOMENT_MS = 250;

/** Waits while the spool is full, and hands in less at a time where texts are long. */
async function keepAll({ intake }: Pick<Context, 'intake'>, rows: readonly object[]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await intake.keep([{ table: 'span', rows }]);
    } catch (error) {
      if (error instanceof Problem && error.code === 'too_large' && rows.length > 1) break;
      if (!(error instanceof Problem && error.retryable) || tries === PATIENCE) throw error;
      await sleep(MOMENT_MS);
    }
  }
  const half = Math.ceil(rows.length / 2);
  await keepAll({ intake }, rows.slice(0, half));
  await keepAll({ intake }, rows.slice(half));
}

/** The spool keeps the order: when the store has the last one, it has them all. */
async function untilStored(ctx: Context, { call, price }: Change): Promise<void> {
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const stored = await storedCost(ctx, call);
    if (stored?.costUsd === (price?.costUsd ?? null) && stored.costSource === (price?.source ?? null)) return;
    await sleep(MOMENT_MS);
  }
}
