import { linesOf, refusalLine } from '../../platform/ledger.ts';
import type { WalledIntake, WalledTelemetry } from '../../platform/practice.ts';
import { Problem } from '../../platform/problem.ts';
import type { Seen } from './seen.ts';
import type { Refusals } from './refusals.ts';
import { ledgerRows, type Spool } from './spool.ts';
import type { Telemetry } from './telemetry.ts';

/** Telemetry behind the wall of one client; of none, when there is none: the practice as a whole has no telemetry. */
export function walledTelemetry(telemetry: Pick<Telemetry, 'rows'>, client: string | null): WalledTelemetry {
  return {
    rows: (shape) => async (sql, params) => {
      if (client === null) throw new Error('A verb of the practice asked for telemetry, which is a client’s.');
      if (!sql.includes('{client:UUID}')) throw new Error('A question about telemetry does not name {client:UUID}.');
      // Last, so that no parameter takes its place.
      return telemetry.rows(shape)(sql, { ...params, client });
    },
  };
}

const MIB = 1024 ** 2;
/** Of one request, as rows. What a resource says once is in each of its spans' rows: a small body can hold a great many bytes. */
const MOST_BATCH_BYTES = 64 * MIB;

interface Intakes {
  spool: Pick<Spool, 'append' | 'whileStill'>;
  seen: Seen;
  refusals: Pick<Refusals, 'note' | 'lines'>;
}

/** The way in for telemetry of one client: whatever a row says, it is that client's. */
export function walledIntake({ spool, seen, refusals }: Intakes, client: string): WalledIntake {
  return {
    noteSpans: (spans) => seen.note(client, spans),
    async keep(tables, tally) {
      let room = MOST_BATCH_BYTES;
      const written = tables.map(({ table, rows }) => {
        const lines: Buffer[] = [];
        for (const row of rows) {
          const line = Buffer.from(`${JSON.stringify({ ...row, client_id: client })}\n`);
          room -= line.length;
          if (room < 0)
            throw new Problem('too_large', `The batch takes more than ${MOST_BATCH_BYTES / MIB} MB. Send smaller batches.`);
          lines.push(line);
        }
        return { table, format: 'JSONEachRow', bytes: Buffer.concat(lines) };
      });
      const lines = tally ? linesOf(client, new Date(), tally) : [];
      await spool.append(tally ? [...written, ledgerRows(lines)] : written, { client, lines });
    },
    refused: (reason) => refusals.note(refusalLine(client, new Date(), reason)),
    whileStill: (ask) =>
      spool.whileStill((waiting) => ask([...waiting, ...refusals.lines()].filter((line) => line.client_id === client))),
  };
}
