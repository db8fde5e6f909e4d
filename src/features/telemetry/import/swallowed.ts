import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import type { Source } from './source.ts';

/** Lines in a last, broken cell that are more than an answer that was cut off. */
const MANY_LINES = 2;

/** Whether a quote that nobody closed has made one cell of all the lines after it. */
export async function swallowedRest(telemetry: Telemetry, { file }: Source, index: number): Promise<boolean> {
  if (file.format !== 'csv') return false;
  const [last] = await telemetry.rows(z.object({ broken: z.number() }))(
    `select reject like '%fewer cells%' and countSubstrings(raw, '\\\\n') >= ${MANY_LINES} as broken from call
     where file = ${index} and row = (select max(row) from call where file = ${index})`,
  );
  return last?.broken === 1;
}
