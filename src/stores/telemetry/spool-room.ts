import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { IntakeHealth } from '../../platform/health.ts';
import { count, type Held } from './held.ts';

/** How much the spool holds, of whom, and whether there is room for more. */
export interface SpoolRoom {
  /** Takes room for so many bytes of a client; or answers why there is none. */
  take(bytes: number, client: string | undefined): string | undefined;
  /** They are on disk. */
  written(bytes: number): void;
  /** They are not, and will not be. */
  giveBack(bytes: number, client: string | undefined): void;
  /** The store has a segment, or what an earlier process left is counted in. */
  letGo(held: Held): void;
  countIn(held: Held): void;
  bytes(): number;
  bytesByClient(): ReadonlyMap<string, number>;
  disk(): IntakeHealth['disk'];
  /** Whether so many bytes are free beyond what has to stay so. */
  hasFree(bytes: number): boolean;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/**
 * Of what is free, one client may have this many times as much waiting. So a noisy one takes four fifths at most, two take four
 * ninths each, and whoever comes then still finds room.
 */
const SHARE = 4;
/** In memory on their way to the disk. */
const MOST_UNWRITTEN_BYTES = 256 * MIB;
const DISK_AGE_MS = 500;

/** Of a spool below `dir` that may take `mostBytes`. `leastFreeBytes` of its disk stay free: where none are given, 1 GB, or a twentieth of a small disk. */
export function openSpoolRoom(dir: string, mostBytes: number, leastFreeBytes: number | undefined): SpoolRoom {
  let kept = 0;
  let unwritten = 0;
  const keptBy = new Map<string, number>();
  let found = { ...diskOf(statfsSync(dir), leastFreeBytes), atMs: Date.now() };

  /** Looks at the disk now and then, and never waits for it. */
  function disk(): IntakeHealth['disk'] {
    if (Date.now() - found.atMs > DISK_AGE_MS) {
      found = { ...found, atMs: Date.now() };
      void statfs(dir).then(
        (now) => (found = { ...diskOf(now, leastFreeBytes), atMs: Date.now() }),
        () => undefined,
      );
    }
    return found;
  }

  function refusalOf(bytes: number, client: string | undefined): string | undefined {
    const { freeBytes, neededBytes } = disk();
    if (freeBytes < neededBytes) return 'The disk is nearly full. Telemetry is taken again once there is room on it.';
    if (kept + bytes > mostBytes) return 'Too much telemetry waits for its store. Send it again in a moment.';
    if (unwritten + bytes > MOST_UNWRITTEN_BYTES) return 'Too much telemetry comes at once. Send it again in a moment.';
    const mine = client === undefined ? 0 : (keptBy.get(client) ?? 0) + bytes;
    return mine > SHARE * (mostBytes - kept)
      ? 'Too much telemetry of this client waits for its store. Send it again in a moment.'
      : undefined;
  }

  function add(held: Held, sign: 1 | -1): void {
    kept += sign * held.bytes;
    for (const [client, bytes] of held.byClient) count(keptBy, client, sign * bytes);
  }

  return {
    take(bytes, client) {
      const refusal = refusalOf(bytes, client);
      if (refusal) return refusal;
      kept += bytes;
      unwritten += bytes;
      count(keptBy, client, bytes);
      return undefined;
    },
    written: (bytes) => void (unwritten -= bytes),
    giveBack(bytes, client) {
      kept -= bytes;
      unwritten -= bytes;
      count(keptBy, client, -bytes);
    },
    letGo: (held) => add(held, -1),
    countIn: (held) => add(held, 1),
    bytes: () => kept,
    bytesByClient: () => keptBy,
    disk,
    hasFree(bytes) {
      const { freeBytes, neededBytes } = disk();
      return freeBytes - bytes > neededBytes;
    },
  };
}

const diskOf = (
  { bavail, blocks, bsize }: { bavail: number; blocks: number; bsize: number },
  least: number | undefined,
): IntakeHealth['disk'] => ({
  freeBytes: bavail * bsize,
  neededBytes: least ?? Math.min(GIB, (blocks * bsize) / 20),
});
