import type { Summary } from './model.ts';

const number = (n: number) => n.toLocaleString('en-US');
const megabytes = (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${number(Math.round(bytes / 1e6))} MB`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const counted = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

const holds = ({ clients, spans, recordRows }: Summary) =>
  `${counted(clients, 'client')}, ${counted(spans, 'span')}, ${counted(recordRows, 'row')} of records`;

/** What was made, and what to do with it. */
export function printBackup(made: Summary & { online: boolean }): string {
  const { path, bytes, files, at, online, tookMs, heldMs, waitingFiles, sha256, hasSecret } = made;
  const meanwhile = `; telemetry was taken all the while, and moved into its store after ${seconds(heldMs)}`;
  return [
    `A backup was made${online ? ' while the server ran' : ''}.`,
    '',
    `  where     ${path}`,
    `  moment    ${at.toISOString()}`,
    `  holds     ${holds(made)}`,
    ...(waitingFiles > 0 ? [`            and ${counted(waitingFiles, 'file')} of telemetry on its way into the store`] : []),
    `  size      ${megabytes(bytes)} in ${counted(files, 'file')}`,
    `  took      ${seconds(tookMs)}${online ? meanwhile : ''}`,
    `  sha256    ${sha256}  (manifest.json)`,
    '',
    `It holds what end users wrote${hasSecret ? ', and the secret of one-time codes' : ''}: keep it as you keep the data itself, and on another machine.`,
    ...(hasSecret
      ? []
      : [
          'It does not hold the secret (STEWARD_SECRET, or session.secret in the data directory): keep that, too, or nobody gets in by a one-time code.',
        ]),
    `Check it, or a copy:  steward check-backup ${path}`,
    `Restore it:           STEWARD_DATA=NEW-DIRECTORY steward restore ${path}`,
  ].join('\n');
}

export const printChecked = (backup: Summary) =>
  [
    'The backup is whole: every file is as it was written.',
    '',
    `  moment    ${backup.at.toISOString()}, by Steward ${backup.steward}`,
    `  holds     ${holds(backup)}`,
    `  size      ${megabytes(backup.bytes)} in ${counted(backup.files, 'file')}`,
    `  sha256    ${backup.sha256}  (manifest.json)`,
  ].join('\n');

/** What is there now, and how to start on it. */
export function printRestored(restored: Summary & { dataDir: string; erasures: number }): string {
  const { dataDir, at, erasures, hasSecret } = restored;
  return [
    `${dataDir} is as everything was at ${at.toISOString()}: ${holds(restored)}.`,
    '',
    ...(erasures > 0
      ? [`${counted(erasures, 'erasure')} of end users that its records know ${erasures === 1 ? 'was' : 'were'} done again.`]
      : []),
    'Erasures that were asked for after that moment are not known to it: ask for them again.',
    ...(hasSecret
      ? []
      : [
          'Start it with the same secret as before (STEWARD_SECRET, or session.secret put into it), or nobody gets in by a one-time code.',
        ]),
    `Start it with:   STEWARD_DATA=${dataDir} steward serve`,
    'API keys and passwords are those of that moment; people sign in anew; the first start writes a new owner.key.',
  ].join('\n');
}
