import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { filled, plain, type Column } from './columns.ts';

/** Names under which logs carry what tells one call from another, surest first. */
const names =
  'spanid observationid generationid requestid callid completionid responseid runid eventid logid messageid uuid guid id'.split(
    ' ',
  );

const LONGEST_ID = 128;
/** A log that was written twice has each id twice; what has fewer values than this tells no calls apart. */
const LEAST_DISTINCT = 0.4;

/** The column that tells calls apart, where there is one. Pure. */
export function idIn(columns: readonly Column[], isTaken: (column: Column) => boolean): Column | undefined {
  const fits = (column: Column) => {
    const values = filled(column);
    return (
      values.length >= 0.9 * column.values.length &&
      new Set(values).size >= LEAST_DISTINCT * values.length &&
      values.every((value) => value.length <= LONGEST_ID)
    );
  };
  return columns
    .filter((column) => column.path.length === 0 && names.includes(plain(column.name)) && !isTaken(column))
    .sort((a, b) => names.indexOf(plain(a.name)) - names.indexOf(plain(b.name)))
    .find(fits);
}

/**
 * What makes two rows one call: the same id at the same time from the same model, with texts as long. An id alone does not, as some
 * logs number questions. Without a time nothing does. SQL over the texts of a row; 0 where the row has no id.
 */
export const callIdOf = `if(isNull(t_id) or t_id = '' or isNull(at), 0, cityHash64(assumeNotNull(t_id), assumeNotNull(at), model, length(i), length(o)))`;

const twice = `select file, row from (
    select file, row, row_number() over (partition by call_id order by file, row) as nth from call where call_id != 0 and reject = '')
  where nth > 1`;

const LIMIT = { timeoutMs: 600_000 };

/** Takes out of `call` what is there a second time. Answers how many rows that were. */
export async function removeSameRows(telemetry: ScratchTelemetry, { whole }: { whole?: boolean }): Promise<number> {
  const [found] = await telemetry.rows(z.object({ rows: z.number() }))(
    `select toInt64(count()) - toInt64(uniqExact(call_id)) as rows from call where call_id != 0 and reject = ''`,
    {},
    LIMIT,
  );
  const rows = found?.rows ?? 0;
  // Looked for only where there are some: the delete reads ids in order.
  if (rows === 0) return 0;
  if (!whole) await telemetry.command(`delete from sampled where (file, row) in (${twice})`, {}, LIMIT);
  await telemetry.command(`delete from call where (file, row) in (${twice})`, {}, LIMIT);
  return rows;
}
