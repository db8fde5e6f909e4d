// What `@clickhouse/client` sends as the query of an insert; the rows follow in the body.
const insert = /^(?<head>\s*INSERT\s+INTO\s[^;]+?)\s+FORMAT\s+(?<format>\w+)\s*;?\s*$/i;

/**
 * The insert with its rows read from a spool file. Rows that follow the SQL inline end at an empty line, and what comes
 * after is run as SQL; in a file they are rows to the last byte. The file is named relative to the working directory, so that
 * no character of the data directory's name is taken for a quote or a glob.
 */
export function insertFromSpool(sql: string, spoolName: string): string | undefined {
  const match = insert.exec(sql)?.groups;
  return match && `${match['head']} FROM INFILE '${spoolName}' COMPRESSION 'none' FORMAT ${match['format']}`;
}
