import type { Chart } from '../model.ts';
import { markOf } from './chart-words.ts';
import { shortDay } from './format.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** A chart in one line, the change marked with its letter below. Times without data stay empty. */
export function sparkline(chart: Chart, width: number): string[] {
  const first = chart.points[0];
  const last = chart.points.at(-1);
  if (!first || !last) return [];
  const end = Math.max(last.at + chart.bucketMs, ...chart.shaded.map(([, to]) => to));
  const [left, right] = [`${shortDay(first.at)} `, ` ${shortDay(end - 1)}`];
  const cells = Math.min(60, width - left.length - right.length - 1, Math.ceil((end - first.at) / chart.bucketMs));
  if (!(cells >= 8)) return [];
  const cellOf = (at: number) => Math.min(cells - 1, Math.max(0, Math.floor(((at - first.at) / (end - first.at)) * cells)));
  const bars = barsOf(chart, cells, cellOf);
  if (!chart.change) return [left + bars.join('') + right];
  const mark = cellOf(chart.change.at);
  const marked = [...bars.slice(0, mark), '┃', ...bars.slice(mark)].join('');
  return [left + marked + right, `${' '.repeat(left.length + mark)}${markOf(chart)}`];
}

function barsOf({ points }: Chart, cells: number, cellOf: (at: number) => number): string[] {
  const sums = Array.from({ length: cells }, () => ({ sum: 0, n: 0 }));
  for (const { at, value } of points) {
    const cell = sums[cellOf(at)];
    if (!cell || !Number.isFinite(value)) continue;
    cell.sum += value;
    cell.n += 1;
  }
  const means = sums.map(({ sum, n }) => (n === 0 ? null : sum / n));
  const known = means.filter((mean) => mean !== null);
  return means.map((mean) => bar(mean, Math.min(0, ...known), Math.max(...known)));
}

// From zero, as the charts are: a small change must not look like a cliff.
function bar(value: number | null, low: number, high: number): string {
  if (value === null) return ' ';
  const height = high > low ? (value - low) / (high - low) : 0;
  return BARS.charAt(Math.min(BARS.length - 1, Math.max(0, Math.round(height * (BARS.length - 1)))));
}
