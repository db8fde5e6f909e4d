import { invalid } from '../../platform/problem.ts';

const word = /^[A-Za-z_]\w*$/;

/** A table, or `database.table`, as it may stand in SQL. */
export const tableName = (name: string) =>
  checked(name, name.split('.').length <= 2 && name.split('.').every((part) => word.test(part)));

/** What stands before the name of a table that is there for a backup or a restore only. Whoever looks for all tables leaves them out. */
export const asidePrefix = 'aside_';

/**
 * A question for the tables that have a column, as SQL with the parameters `column` and `aside` (`asidePrefix`): views, what a
 * server of a cluster holds of a table, and copies for a backup are none. Columns: `found`, the table's name.
 */
export const tablesWithColumn = `SELECT table AS found FROM system.columns
  WHERE database = currentDatabase() AND name = {column:String}
    AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND (engine LIKE '%MergeTree' OR engine = 'Distributed')
      AND NOT endsWith(name, '_local') AND NOT startsWith(name, {aside:String}))`;

/** A column as it may stand in SQL: any name, in backticks. */
export const columnName = (name: string) => `\`${checked(name, name !== '' && !/[\\`\0]/.test(name))}\``;

/** A format's name as it may stand in SQL. */
export const formatName = (name: string) => checked(name, word.test(name));

/** The name of a query. */
export const queryName = (name: string) => checked(name, /^[\w-]{1,100}$/.test(name));

function checked(name: string, fits: boolean): string {
  if (!fits) throw invalid(`${JSON.stringify(name)} cannot be used as a name here.`);
  return name;
}
