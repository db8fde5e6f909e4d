import { createHmac, timingSafeEqual } from 'node:crypto';
import { MINUTE_MS, SECOND_MS, type Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Records } from '../../stores/index.ts';
import { openSharedAttempts, type Count, type SharedAttempts } from './shared-attempts.ts';
import { insertRefusals, type Refusal } from './store.ts';

/** Who tries to get in. */
export interface Attempt {
  address: string;
  /** The e-mail they gave. */
  account?: string;
  /** What a browser shows that this account was let in by before. */
  known?: string;
}

export interface Attempts {
  /** How long they must wait before they may try. 0: they may, and it counts against them until they have passed. */
  enter(attempt: Attempt): Promise<number>;
  /** For the audit trail. */
  refused(attempt: Attempt, how: string): void;
  passed(attempt: Attempt): Promise<void>;
  /** What a browser is given once an account was let in by it. */
  readonly knownAs: (account: string) => string;
  /** Writes what has not yet been written into the practice's audit trail. */
  close(): Promise<void>;
}

/** Refusals that cost nothing, and what each after them costs: twice as long as the one before, up to a limit. */
const FREE_OF_ACCOUNT = 5;
const FREE_OF_ADDRESS = 20;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;
const FORGOTTEN_AFTER_MS = 15 * MINUTE_MS;
/** Refusals of one account in a minute, from wherever, after which only who was never refused may try. */
const MOST_PER_MINUTE = 10;
const NEVER = 2 ** 31 - 1;
const MOST_KEPT = 10_000;
const WRITTEN_EVERY_MS = MINUTE_MS;
const WRITTEN_AT_ONCE = 20;

/**
 * Slows down whoever guesses: by address; by account and address; and, by account alone, those who were refused before. A browser
 * by which the account was let in before is counted alone. So a stranger can lock nobody out, wherever they come from. Kept in
 * memory: a restart forgets, a crowd pushes out who came first, and neither is worth a guess at 12 characters. Several processes
 * count together in their records, or guesses would be free once more at each of them.
 */
export function openAttempts(parts: {
  records: Pick<Records, 'behind'>;
  now: Clock;
  log: Log;
  secret: string;
  patience: number | undefined;
  /** Other processes let people in, too. */
  isShared: boolean;
}): Attempts {
  const { records, now, log, secret, patience = FREE_OF_ADDRESS, isShared } = parts;
  const together = isShared
    ? openSharedAttempts(records, now, { forgottenAfterMs: FORGOTTEN_AFTER_MS, longestWaitMs: LONGEST_WAIT_MS })
    : undefined;
  const counts = new Map<string, Count>();
  const trail = openTrail(parts);
  const knownAs = (account: string) => createHmac('sha256', secret).update(`known ${account}`).digest('base64url');
  const isKnown = ({ account, known }: Attempt) => {
    if (account === undefined || known === undefined) return false;
    const [ours, theirs] = [Buffer.from(knownAs(account)), Buffer.from(known)];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  };

  const crowdOf = (account: string) => `crowd ${account} ${Math.floor(now().getTime() / MINUTE_MS)}`;
  const find = (name: string): Count | undefined => {
    const count = counts.get(name);
    if (count && now().getTime() - count.lastMs < FORGOTTEN_AFTER_MS) return count;
    counts.delete(name);
    return undefined;
  };
  const lanesOf = (attempt: Attempt) => {
    const address = networkOf(attempt.address);
    if (isKnown(attempt)) return [{ name: `known ${attempt.account}`, free: FREE_OF_ACCOUNT, isShared: false }];
    return [
      { name: `address ${address}`, free: patience, isShared: true },
      ...(attempt.account === undefined
        ? []
        : [{ name: `account ${address} ${attempt.account}`, free: FREE_OF_ACCOUNT, isShared: false }]),
    ];
  };
  const waitOf = (name: string, free: number) => {
    const count = find(name);
    if (!count || count.refusals < free) return 0;
    const wholeMs = Math.min(LONGEST_WAIT_MS, SECOND_MS * 2 ** (count.refusals - free));
    return Math.max(0, count.lastMs + wholeMs - now().getTime());
  };
  /** Where an account is guessed at from many places, a place that was refused once waits. */
  const waitOfCrowd = (attempt: Attempt) => {
    if (attempt.account === undefined || isKnown(attempt)) return 0;
    const own = find(`account ${networkOf(attempt.address)} ${attempt.account}`);
    const crowd = find(crowdOf(attempt.account));
    return own && crowd && crowd.refusals >= MOST_PER_MINUTE ? MINUTE_MS - (now().getTime() % MINUTE_MS) : 0;
  };
  const add = (name: string) => {
    const refusals = (find(name)?.refusals ?? 0) + 1;
    // At the end again, as the longest unheard of are the first to go.
    counts.delete(name);
    counts.set(name, { refusals, lastMs: now().getTime() });
    for (const oldest of counts.keys()) {
      if (counts.size <= MOST_KEPT) break;
      counts.delete(oldest);
    }
  };
  const waitS = (attempt: Attempt) =>
    Math.ceil(Math.max(waitOfCrowd(attempt), ...lanesOf(attempt).map(({ name, free }) => waitOf(name, free))) / SECOND_MS);

  const learn = (name: string, { refusals, lastMs }: Count) => {
    const known = find(name);
    counts.delete(name);
    counts.set(name, { refusals: Math.max(refusals, known?.refusals ?? 0), lastMs: Math.max(lastMs, known?.lastMs ?? 0) });
  };
  const namesOf = (attempt: Attempt) => [
    ...lanesOf(attempt).map(({ name }) => name),
    ...(attempt.account === undefined ? [] : [crowdOf(attempt.account)]),
  ];
  /** What this process let in, all together may not: then it waits, and was not counted. */
  const enterTogether = async (attempt: Attempt, all: SharedAttempts): Promise<number> => {
    const lanes = lanesOf(attempt);
    const freeOf = (name: string) => lanes.find((lane) => lane.name === name)?.free ?? NEVER;
    try {
      const { isCounted, counts: told } = await all.enter(namesOf(attempt).map((name) => ({ name, free: freeOf(name) })));
      if (!isCounted) for (const name of namesOf(attempt)) takeBack(name);
      for (const [name, count] of told) learn(name, count);
      return isCounted ? 0 : Math.max(1, waitS(attempt));
    } catch (error) {
      log.warn({ err: error }, 'refused attempts are counted by this process alone, as the records cannot be asked');
      return 0;
    }
  };
  const takeBack = (name: string) => {
    const count = counts.get(name);
    if (count) count.refusals -= 1;
  };

  return {
    knownAs,
    async enter(attempt) {
      const wait = waitS(attempt);
      if (wait > 0) return wait;
      // Counted before it is known how it ends: of a thousand that come at once, most wait.
      for (const name of namesOf(attempt)) add(name);
      return together ? enterTogether(attempt, together) : 0;
    },
    refused: (attempt, how) => trail.note(attempt, how),
    async passed(attempt) {
      for (const { name, isShared } of lanesOf(attempt)) {
        const count = counts.get(name);
        // Who has an account of their own does not by it win further guesses at others.
        if (count && isShared) count.refusals -= 1;
        else counts.delete(name);
      }
      const crowd = attempt.account === undefined ? undefined : counts.get(crowdOf(attempt.account));
      if (crowd) crowd.refusals -= 1;
      const lanes = lanesOf(attempt);
      const names = (of: typeof lanes) => of.map(({ name }) => name);
      const less = [
        ...names(lanes.filter((lane) => lane.isShared)),
        ...(attempt.account === undefined ? [] : [crowdOf(attempt.account)]),
      ];
      await together
        ?.passed(less, names(lanes.filter((lane) => !lane.isShared)))
        .catch((error: unknown) =>
          log.warn({ err: error }, 'an attempt that passed could not be taken back for other processes'),
        );
    },
    close: () => trail.close(),
  };
}

/** Whom an address belongs to: of IPv6 everybody has a whole network. */
export const networkOf = (address: string) => (address.includes(':') ? address.split(':').slice(0, 4).join(':') : address);

/** Refusals on their way into the audit trail: counted, so that a flood of them is a few lines a minute. */
function openTrail({ records, now, log }: { records: Pick<Records, 'behind'>; now: Clock; log: Log }) {
  let pending = new Map<string, Refusal>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let writtenMs = 0;

  const write = async () => {
    timer = undefined;
    if (pending.size === 0) return;
    writtenMs = Date.now();
    const all = [...pending.values()].toSorted((a, b) => b.count - a.count);
    pending = new Map();
    const rest = all.slice(WRITTEN_AT_ONCE);
    const rows = all.slice(0, WRITTEN_AT_ONCE);
    if (rest.length > 0)
      rows.push({
        address: `${rest.length} others`,
        how: 'any',
        account: null,
        count: rest.reduce((sum, { count }) => sum + count, 0),
      });
    await records
      .behind({ client: null, does: 'write' }, (sql) => insertRefusals(sql, rows, now()))
      .catch((error: unknown) => log.warn({ err: error }, 'refused attempts could not be written into the audit trail'));
  };

  return {
    note({ address, account: given }: Attempt, how: string) {
      const account = given === undefined ? null : cleaned(given);
      const name = JSON.stringify([address, how, account]);
      const known = pending.get(name);
      if (known || pending.size < MOST_KEPT) pending.set(name, { address, how, account, count: (known?.count ?? 0) + 1 });
      // The first is written at once, so that somebody who looks finds it.
      const waitMs = Math.max(SECOND_MS, writtenMs + WRITTEN_EVERY_MS - Date.now());
      timer ??= setTimeout(() => void (writing = write()), waitMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}

const cleaned = (text: string) => text.replaceAll(/[\0\p{Surrogate}\p{Cc}]/gu, '\uFFFD');
