import type { WalledTelemetry } from '../../platform/practice.ts';
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
