import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings of tables, which chDB takes from a configuration file only. Answers the file's path. */
export function writeConfigFile(dir: string, { fsync }: { fsync: boolean }): string {
  const path = join(dir, 'engine.xml');
  const on = fsync ? 1 : 0;
  writeFileSync(
    path,
    `<clickhouse>
  <merge_tree>
    <fsync_after_insert>${on}</fsync_after_insert>
    <fsync_part_directory>${on}</fsync_part_directory>
  </merge_tree>
</clickhouse>
`,
  );
  return path;
}
