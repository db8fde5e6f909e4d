import { invalid } from '../../platform/problem.ts';

const word = /^[A-Za-z_]\w*$/;

/** A table, or `database.table`, as it may stand in SQL. */
export const tableName = (name: string) =>
  checked(name, name.split('.').length <= 2 && name.split('.').every((part) => word.test(part)));

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
