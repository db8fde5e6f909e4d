import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The columns of the table `span` as its migration has them: what the store itself says of them, without a store. */
export function columnsOfMigrations(): { name: string; type: string }[] {
  const path = fileURLToPath(new URL('../../../src/stores/telemetry/migrations/0001_span.sql', import.meta.url));
  const [, body = ''] = /CREATE TABLE IF NOT EXISTS span \((.*?)\n\)/s.exec(readFileSync(path, 'utf8')) ?? [];
  return body.split('\n').flatMap((line) => {
    const [, name = '', rest = ''] = /^ {2}([a-z_]+) (.+?),?$/.exec(line) ?? [];
    return name ? [{ name, type: rest.replace(/ CODEC\(.*$/, '') }] : [];
  });
}
