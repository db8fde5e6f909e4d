import type { Chart } from '../model.ts';
import { labelOf, markOf } from './chart-words.ts';
import { quantity, shortDay } from './format.ts';
import { columns, fit } from './text.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** A chart in one line, the change marked with its letter below. Times without data stay empty. */
export function sparkline(chart: Chart, width: number): string[] {
  if (chart.bars) return chart.bars.map((bar) => shareLine(bar, width)).filter((text) => text !== null);
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

const LABEL = 14;
const BAR = 12;

/** "sorry            2 % ▏             41 % ████▉": a word with its shares before and after. */
function shareLine({ label, before, after }: NonNullable<Chart['bars']>[number], width: number): string | null {
  const word = fit(labelOf(label), LABEL);
  const share = (value: number) =>
    `${quantity(value, 'rate').padStart(6)} ${'█'.repeat(Math.round(Math.min(1, Math.max(0, value || 0)) * BAR))}`;
  const text = `${word}${' '.repeat(LABEL - columns(word))} ${share(before.value).padEnd(8 + BAR)}→ ${share(after.value)}`;
  return columns(text) <= width ? text : null;
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
