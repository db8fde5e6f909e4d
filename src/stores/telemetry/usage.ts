import { z } from 'zod';
import type { Usage } from '../../platform/practice.ts';
import type { Telemetry } from './telemetry.ts';

/** What each client sent lately, for its quota. */
export interface Usages {
  add(client: string, items: number, bytes: number): void;
  /** With what it sent to other processes, as far as that is known. */
  of(client: string): Usage;
  /** What each sent to this process. */
  all(): (readonly [client: string, Usage])[];
  setElsewhere(sent: ReadonlyMap<string, Usage>): void;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Sums {
  minute: number;
  items: number;
  day: number;
  bytes: number;
}

/** By the minute and the day of the machine's clock, in UTC. */
export function openUsages(bytesToday: ReadonlyMap<string, number> = new Map(), now: () => number = Date.now): Usages {
  const day = () => Math.floor(now() / DAY_MS);
  const minute = () => Math.floor(now() / MINUTE_MS);
  const sums = new Map<string, Sums>(
    Array.from(bytesToday, ([client, bytes]) => [client, { minute: 0, items: 0, day: day(), bytes }] as const),
  );
  let elsewhere: ReadonlyMap<string, Usage> = new Map();
  const current = (client: string): Sums => {
    const of = sums.get(client) ?? { minute: minute(), items: 0, day: day(), bytes: 0 };
    if (of.minute !== minute()) Object.assign(of, { minute: minute(), items: 0 });
    if (of.day !== day()) Object.assign(of, { day: day(), bytes: 0 });
    sums.set(client, of);
    return of;
  };
  return {
    add(client, items, bytes) {
      const of = current(client);
      of.items += items;
      of.bytes += bytes;
    },
    of(client) {
      const { items, bytes } = current(client);
      const other = elsewhere.get(client);
      return { itemsThisMinute: items + (other?.itemsThisMinute ?? 0), bytesToday: bytes + (other?.bytesToday ?? 0) };
    },
    all: () =>
      Array.from(sums.keys(), (client) => {
        const { items, bytes } = current(client);
        return [client, { itemsThisMinute: items, bytesToday: bytes }] as const;
      }),
    setElsewhere: (sent) => (elsewhere = sent),
  };
}

const Sent = z.object({ client: z.string(), bytes: z.number() });

/** What the ledger says of today: a restart gives nobody a new day. */
export async function bytesOfToday(telemetry: Pick<Telemetry, 'rows'>): Promise<Map<string, number>> {
  const rows = await telemetry.rows(Sent)(
    `SELECT toString(client_id) AS client, sum(bytes) AS bytes FROM ingest_ledger
    WHERE hour >= toStartOfDay(now('UTC')) AND outcome = 'received' GROUP BY client_id`,
  );
  return new Map(rows.map(({ client, bytes }) => [client, bytes]));
}
