import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Settings that name a file to read, that run a text as a statement, or that let it be written in another language. They stay
 * as they are: no statement changes them, and neither does a question's own settings.
 */
export const fixedSettings = [
  'format_template_row',
  'format_template_resultset',
  'format_schema',
  'allow_experimental_eval_table_function',
  'allow_experimental_ai_functions',
  'dialect',
  'allow_experimental_kusto_dialect',
  'allow_experimental_prql_dialect',
] as const;

// All that a store does with tables. What is missing reaches out of them: every source of rows that is not a table
// (also a table's name that is a path), dictionaries, backups, databases, functions, users.
const grants = [
  'GRANT SHOW, SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON default.*',
  'GRANT SELECT ON system.*',
  'GRANT SELECT ON information_schema.*',
  'GRANT SELECT ON INFORMATION_SCHEMA.*',
  // What table functions need that are no sources, as `numbers`.
  'GRANT CREATE TEMPORARY TABLE ON *.*',
];

/** Writes what chDB takes from files only: settings of tables, and what statements may do. Answers the first file's path. */
export function writeConfigFile(dir: string, { fsync, readsFiles }: { fsync: boolean; readsFiles: boolean }): string {
  const path = join(dir, 'engine.xml');
  const users = join(dir, 'users.xml');
  const on = fsync ? 1 : 0;
  // The path of programs that statements may start, which no grant covers, is one where none can be.
  writePrivate(
    path,
    `<clickhouse>
  <users_config>${xml(users)}</users_config>
  <user_scripts_path>/dev/null/</user_scripts_path>
  <merge_tree>
    <fsync_after_insert>${on}</fsync_after_insert>
    <fsync_part_directory>${on}</fsync_part_directory>
    ${Object.entries(merges)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('\n    ')}
  </merge_tree>
</clickhouse>
`,
  );
  const granted = readsFiles ? [...grants, 'GRANT READ, WRITE ON FILE'] : grants;
  writePrivate(
    users,
    `<clickhouse>
  <profiles><default><constraints>
    ${fixedSettings.map((name) => `<${name}><readonly/></${name}>`).join('\n    ')}
  </constraints></default></profiles>
  <users><default>
    <password/>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
      ${granted.map((grant) => `<query>${grant}</query>`).join('\n      ')}
    </grants>
  </default></users>
  <quotas><default/></quotas>
</clickhouse>
`,
  );
  return path;
}

/**
 * How parts are merged. To merge costs as much as to insert, and more with each time that a row is merged again. ClickHouse merges five
 * parts at a time; ten make it once less in ten minutes of full intake, for some 20 parts instead of 15 (fewer are merged at a
 * time once there are many, or they are old). Parts past 2 GB, some four million spans, are left as they are: a question about
 * a time reads one or two of them. Small merges go on beside a large one.
 * Of each part a merge holds up to 16 MB of rows, and of each column that it writes 2 MB: twelve at a time, column by column wherever
 * columns are files of their own, take a third of the memory that a few dozen at a time and all columns at once took.
 */
const merges = {
  merge_selector_base: 10,
  max_parts_to_merge_at_once: 12,
  max_bytes_to_merge_at_max_space_in_pool: 2_000_000_000,
  number_of_free_entries_in_pool_to_lower_max_size_of_merge: 4,
  vertical_merge_algorithm_min_rows_to_activate: 1,
};

const writePrivate = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 });

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
