import { z } from 'zod';
import { shapeOf, type TableShape } from './native/block.ts';
import type { Telemetry } from './telemetry.ts';

/** How the rows of each table are written. */
export type Shapes = ReadonlyMap<string, TableShape>;

const ColumnOfTable = z.object({ table: z.string(), name: z.string(), type: z.string() });

/** Asks the store: the migrations are the one place that says what a column is. */
export async function readShapes(telemetry: Pick<Telemetry, 'rows'>, tables: readonly string[]): Promise<Shapes> {
  const columns = await telemetry.rows(ColumnOfTable)(
    `SELECT table, name, type FROM system.columns WHERE database = currentDatabase() AND table IN {tables:Array(String)}
      AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY table, position`,
    { tables },
  );
  return new Map(tables.map((table) => [table, shapeOf(columns.filter((column) => column.table === table))]));
}
