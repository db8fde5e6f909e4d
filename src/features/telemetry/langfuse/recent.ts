import type { WalledIntake } from '../../../platform/practice.ts';
import { tooMany } from '../../../platform/problem.ts';
import { asWritten } from './document.ts';
import { keyOf, type Piece } from './pieces.ts';

interface Kept {
  readonly client: string;
  readonly piece: Piece;
  readonly bytes: number;
  /** Not in the store yet. */
  readonly isWaiting: () => boolean;
}

interface Sender {
  readonly client: { readonly id: string };
  readonly intake: Pick<WalledIntake, 'waitingParts'>;
}

const MIB = 1024 * 1024;
const RETRY_AFTER_S = 2;
const SWEPT_AFTER_MS = 5000;

/**
 * What was acknowledged of spans and is not in the store yet: an update that comes right after another is told on top of it. A restart
 * needs none of it, as it waits for the spool.
 */
export function openRecent(mostOfClient = 16 * MIB, most = 64 * MIB) {
  const kept = new Map<string, Kept>();
  const bytesOf = new Map<string, number>();
  const turns = new Map<string, Promise<unknown>>();
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;

  const count = ({ client, bytes: more }: Kept, sign: 1 | -1) => {
    bytes += sign * more;
    const left = (bytesOf.get(client) ?? 0) + sign * more;
    if (left > 0) bytesOf.set(client, left);
    else bytesOf.delete(client);
  };

  function drop(key: string): void {
    const known = kept.get(key);
    if (known && kept.delete(key)) count(known, -1);
  }

  function sweep(): void {
    for (const [key, { isWaiting }] of kept) if (!isWaiting()) drop(key);
    timer = kept.size > 0 ? (timer ?? setTimeout(sweepLater, SWEPT_AFTER_MS).unref()) : undefined;
  }
  // Nobody's texts stay in memory because nothing comes any more.
  function sweepLater(): void {
    timer = undefined;
    sweep();
  }

  return {
    /** How much is kept. */
    bytes: () => bytes,
    /** Does the work once all before it are done that tell of one of these spans. Throws `too_many` where too much waits. */
    async inTurn<T>({ client }: Sender, keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
      const isFull = () => bytes >= most || (bytesOf.get(client.id) ?? 0) >= mostOfClient;
      if (isFull()) sweep();
      if (isFull())
        throw tooMany('Much of what came before is not in the store yet. Send this again in a moment.', RETRY_AFTER_S);
      const mine = Array.from(keys, (key) => `${client.id} ${key}`);
      // All at once, so that no two wait for each other.
      const before = mine.flatMap((key) => turns.get(key) ?? []);
      const done = Promise.all(before).then(work);
      const settled = done.catch(() => undefined);
      for (const key of mine) turns.set(key, settled);
      try {
        return await done;
      } finally {
        for (const key of mine) if (turns.get(key) === settled) turns.delete(key);
      }
    },
    /** What waits of these spans, by `keyOf`. */
    find({ client }: Sender, pieces: readonly Piece[]): Map<string, Piece> {
      return new Map(
        pieces.map(keyOf).flatMap((key) => {
          const known = kept.get(`${client.id} ${key}`);
          return known?.isWaiting() ? [[key, known.piece] as const] : [];
        }),
      );
    },
    /** These have been acknowledged. */
    keep({ client, intake }: Sender, pieces: readonly Piece[]): void {
      // They are in this part of the spool or in one before it.
      const part = intake.waitingParts()?.newest;
      if (part === undefined) return pieces.forEach((piece) => drop(`${client.id} ${keyOf(piece)}`));
      const isWaiting = () => (intake.waitingParts()?.oldest ?? Infinity) <= part;
      for (const piece of pieces) {
        const key = `${client.id} ${keyOf(piece)}`;
        drop(key);
        // As it was written: what is nested deeply takes many times its text.
        const attributes = Object.fromEntries(Object.entries(piece.attributes).map(([name, value]) => [name, asWritten(value)]));
        const one = {
          client: client.id,
          piece: { ...piece, attributes },
          bytes: 2 * JSON.stringify(attributes).length,
          isWaiting,
        };
        kept.set(key, one);
        count(one, 1);
      }
      timer ??= setTimeout(sweepLater, SWEPT_AFTER_MS).unref();
    },
  };
}
