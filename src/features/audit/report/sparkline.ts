import type { Chart } from '../model.ts';
import { cohortLabels, labelOf, markOf } from './chart-words.ts';
import { quantity, shortDay } from './format.ts';
import { axisTop } from './chart-axis.ts';
import { columns, fit } from './text.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** A chart in one line, the change marked with its letter below. Times without data stay empty. */
export function sparkline(chart: Chart, width: number): string[] {
  if (chart.bars) return chart.bars.map((bar) => shareLine(bar, width)).filter((text) => text !== null);
  if (chart.cohorts) return dotLines(chart.cohorts, chart.unit, width);
  const first = chart.points[0];
  const last = chart.points.at(-1);
  if (!first || !last) return [];
  const end = Math.max(last.at + chart.bucketMs, ...chart.shaded.map(([, to]) => to));
  const [left, right] = [`${shortDay(first.at)} `, ` ${shortDay(end - 1)}`];
  const cells = Math.min(60, width - left.length - right.length - 1, Math.ceil((end - first.at) / chart.bucketMs));
  if (!(cells >= 8)) return [];
  // The quotient first would put day 29 of 50 into cell 28, and leave a gap that the log does not have.
  const cellOf = (at: number) => Math.min(cells - 1, Math.max(0, Math.floor(((at - first.at) * cells) / (end - first.at))));
  const bars = barsOf(chart, cells, cellOf);
  if (!chart.change) return [left + bars.join('') + right];
  const mark = cellOf(chart.change.at);
  const marked = [...bars.slice(0, mark), '┃', ...bars.slice(mark)].join('');
  return [left + marked + right, `${' '.repeat(left.length + mark)}${markOf(chart)}`];
}

const LABEL = 17;
const BAR = 12;

/** "sorry            2 % ▏             41 % ████▉": a word with its shares before and after. */
function shareLine({ label, before, after }: NonNullable<Chart['bars']>[number], width: number): string | null {
  const word = fit(labelOf(label), LABEL);
  const share = (value: number) =>
    `${quantity(value, 'rate').padStart(6)} ${'█'.repeat(Math.round(Math.min(1, Math.max(0, value || 0)) * BAR))}`;
  const text = `${word}${' '.repeat(LABEL - columns(word))} ${share(before.value).padEnd(8 + BAR)}→ ${share(after.value)}`;
  return columns(text) <= width ? text : null;
}

const DOT_LABEL = 24;
const DOT_CELLS = 36;

/** "gpt-4-0314   ·····················├●┤····   84 %": a cohort with its interval, on one scale from zero. */
function dotLines(cohorts: NonNullable<Chart['cohorts']>, unit: Chart['unit'], width: number): string[] {
  const sound = cohorts.filter(({ value }) => Number.isFinite(value) && value >= 0);
  const names = cohortLabels(
    sound.map(({ label }) => label),
    DOT_LABEL,
  );
  const widest = Math.max(0, ...names.map(columns));
  const cells = Math.min(DOT_CELLS, width - widest - 14);
  if (cells < 12) return [];
  const top = axisTop(sound.flatMap(({ value, high }) => [value, high]).filter(Number.isFinite), unit);
  const cellOf = (value: number) => Math.min(cells - 1, Math.max(0, Math.floor((value / top) * cells)));
  return sound.map(({ value, low, high, side }, i) => {
    const [from, at, to] = [low, value, high].map((end) => cellOf(Number.isFinite(end) ? end : value)) as [
      number,
      number,
      number,
    ];
    const dot = side === null ? '○' : '●';
    const scale = Array.from({ length: cells }, (_, cell) =>
      cell === at ? dot : cell === from || cell === to ? '|' : cell > from && cell < to ? '─' : '·',
    ).join('');
    return `${names[i]}${' '.repeat(widest - columns(names[i]!))}  ${scale}  ${quantity(value, unit)}`;
  });
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
