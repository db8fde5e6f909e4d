import type { History } from './import.ts';

/** What was done, for a reader. Names of files and columns are the log's: they must not steer the terminal. */
export function renderHistory(history: History): string {
  const { client, read, rejected, rejectedFiles, sent, known, refused, refusedBecause, from, to, workflows, assumptions } =
    history;
  const period = from && to ? ` from ${from.slice(0, 10)} to ${to.slice(0, 10)}` : '';
  const lines = [
    `Imported into ${client.name}: ${count(sent, 'call')} of ${count(read, 'row')}${period}.`,
    ...(known === null
      ? ['Whether the server had some of them already was not looked up: the key lacks the scope "read".']
      : known > 0
        ? [`${count(known, 'call')} had been there already and ${known === 1 ? 'is' : 'are'} counted once.`]
        : []),
    ...(rejected > 0 ? [`${count(rejected, 'row')} could not be used${inFiles(rejectedFiles)}.`] : []),
    ...(refused > 0 ? [`${count(refused, 'call')} ${refused === 1 ? 'was' : 'were'} not taken by the server.`] : []),
    ...refusedBecause.map((why) => `The server says: ${why}.`),
    `Workflows: ${workflows.join(', ')}`,
    ...(assumptions.length > 0 ? ['', 'Assumed:', ...assumptions.map((sentence) => `- ${sentence}`)] : []),
  ];
  return lines.map((line) => line.replaceAll(/\p{C}/gu, '\uFFFD')).join('\n');
}

const count = (n: number, what: string) => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
const inFiles = (files: readonly string[]) => (files.length > 0 ? `, see ${files.join(', ')}` : '');
