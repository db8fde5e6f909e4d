import type { Progress } from '../../platform/context.ts';

/** Name, bar and numbers of nine digits fit into 80 columns, with the time left. */
const BAR = 12;
const NAME = 20;
const REDRAW_MS = 100;

/** One line that tells how far the work is, on a terminal; nothing in a pipe. */
export function openProgress(stream: NodeJS.WriteStream) {
  let startedAt = Date.now();
  let label = '';
  let drawnAt = 0;
  const show = (progress: Progress) => {
    if (!stream.isTTY) return;
    const now = Date.now();
    if (progress.label !== label) [label, startedAt, drawnAt] = [progress.label, now, 0];
    if (now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    stream.write(`\r\u001B[K${line(progress, (now - startedAt) / 1000).slice(0, (stream.columns || 80) - 1)}`);
  };
  return { show, close: () => void (stream.isTTY && drawnAt > 0 && stream.write('\r\u001B[K')) };
}

/** "log.jsonl  ████░░░░░░░░  420,000 of ~1,000,000 rows  7 s left" */
export function line({ label, done, total, unit }: Progress, seconds: number): string {
  const whole = label.replaceAll(/\p{C}/gu, '').split('/').at(-1) ?? '';
  if (done === 0) return `${whole} …`;
  const name = short(whole);
  const count = (n: number) => Math.round(n).toLocaleString('en-US');
  const rate = seconds > 0.2 ? done / seconds : 0;
  if (total === undefined) return `${name}  ${count(done)} ${unit}${rate > 0 ? `  ${count(rate)}/s` : ''}`;
  const share = Math.min(1, done / total);
  const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░');
  const left = rate > 0 ? `  ${count(Math.max(0, total - done) / rate)} s left` : '';
  return `${name}  ${bar}  ${count(done)} of ~${count(total)} ${unit}${left}`;
}

/** The end of a long name is what tells files apart. */
const short = (name: string) => (name.length > NAME ? `…${name.slice(1 - NAME)}` : name);
