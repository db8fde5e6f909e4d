import type { Progress } from '../../platform/context.ts';

const BAR = 24;
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
    stream.write(`\r\u001B[K${line(progress, (now - startedAt) / 1000).slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return { show, close: () => void (stream.isTTY && drawnAt > 0 && stream.write('\r\u001B[K')) };
}

/** "log.jsonl  ████████░░░░  420,000 of 1,000,000 rows  82,000/s  7 s left" */
export function line({ label, done, total, unit }: Progress, seconds: number): string {
  const name = label.replaceAll(/\p{C}/gu, '').split('/').at(-1) ?? '';
  if (done === 0) return `${name} …`;
  const count = (n: number) => Math.round(n).toLocaleString('en-US');
  const rate = seconds > 0.2 ? done / seconds : 0;
  const pace = rate > 0 ? `  ${count(rate)}/s` : '';
  if (total === undefined) return `${name}  ${count(done)} ${unit}${pace}`;
  const share = Math.min(1, done / total);
  const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░');
  const left = rate > 0 ? `  ${count(Math.max(0, total - done) / rate)} s left` : '';
  return `${name}  ${bar}  ${count(done)} of about ${count(total)} ${unit}${pace}${left}`;
}
