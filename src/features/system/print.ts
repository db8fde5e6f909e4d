import type { SystemCheck } from './model.ts';

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;

/** The check as a few lines of text. */
export function printCheck({ dataDir, openMs, readyMs, records, telemetry, memory }: SystemCheck): string {
  const place = ({ builtIn }: { builtIn: boolean }) => (builtIn ? 'built in' : 'by its URL');
  const shared = memory.pssBytes === null ? '' : ` (${megabytes(memory.pssBytes)} with shared pages counted once)`;
  return [
    'Both stores work.',
    '',
    `  records    PostgreSQL ${records.version}, ${place(records)}, answered in ${records.queryMs} ms`,
    `  telemetry  ClickHouse ${telemetry.version}, ${place(telemetry)}, answered in ${telemetry.queryMs} ms`,
    `  data       ${dataDir}`,
    `  start      both open after ${openMs} ms; first answers ${readyMs} ms after Steward was started`,
    `  memory     ${megabytes(memory.rssBytes)} in ${memory.processes} processes${shared}`,
  ].join('\n');
}
