import { printable } from '../../platform/printable.ts';
import type { Anomalies, Changes, Rejected } from './model.ts';

const DIGITS = 5;
const MOST_SHOWN = 20;
const number = (value: number) => String(Number(value.toPrecision(DIGITS)));
const count = (n: number, word: string) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
const place = ({ time, line }: { time: string | null; line: number }) =>
  time === null ? `row ${line}` : `${time} (line ${line})`;

export function printChanges({ file, rows, rejected, columns, needs, changes }: Changes): string {
  const found = changes.map((change) => {
    const { before, after } = change;
    return `  ${place(change)}: mean ${number(before.mean)} → ${number(after.mean)}, spread ${number(before.sd)} → ${number(after.sd)}`;
  });
  if (needs !== null) return printable([cannotTell(needs, rows, file, columns.value), ...leftOut(rejected)].join('\n'));
  const headline = changes.length === 0 ? 'No change' : count(changes.length, 'change');
  return printable(
    [`${headline} in ${count(rows, 'row')} of ${file} (${columns.value}).`, ...found, ...leftOut(rejected)].join('\n'),
  );
}

export function printAnomalies({ file, rows, rejected, columns, needs, anomalies, threshold, out, csv }: Anomalies): string {
  if (csv !== null) return printable(csv.trimEnd());
  const shown = anomalies
    .slice(0, MOST_SHOWN)
    .map((row) => `  ${place(row)}: ${number(row.value)}, score ${row.score.toFixed(1)}`);
  const more = anomalies.length > MOST_SHOWN ? [`  … and ${anomalies.length - MOST_SHOWN} more`] : [];
  const none = anomalies.length === 0;
  const headline = none
    ? 'No anomaly'
    : `${anomalies.length.toLocaleString('en')} ${anomalies.length === 1 ? 'anomaly' : 'anomalies'}`;
  const wrote = out === null ? ['The score of every row: --csv, or --out FILE.'] : [`The score of every row is in ${out}.`];
  const lines = [
    needs === null
      ? `${headline} in ${count(rows, 'row')} of ${file} (${columns.value}; threshold ${threshold}).`
      : cannotTell(needs, rows, file, columns.value),
    ...shown,
    ...more,
    ...leftOut(rejected),
    ...wrote,
  ];
  return printable(lines.join('\n'));
}

const cannotTell = (needs: number, rows: number, file: string, column: string) =>
  `Cannot tell: ${count(rows, 'row')} of ${file} (${column}) ${rows === 1 ? 'is' : 'are'} too few, it takes ${count(needs, 'more row')}.`;

function leftOut({ rows, first }: Rejected): string[] {
  if (rows === 0) return [];
  const [example] = first;
  return [`${count(rows, 'row')} left out: line ${example?.line}, ${example?.reason}${rows > 1 ? ', …' : ''}.`];
}
