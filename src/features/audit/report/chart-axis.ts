import type { Unit } from '../model.ts';

/** Ticks at round values: four steps, five where the top is a five. */
export const axisStep = (top: number): number =>
  top / (/^5(0*|e.*)$/.test(String(Number(top.toPrecision(3))).replace(/^0\.0*/, '')) ? 5 : 4);

/** A round end of the axis above every value; a rate goes no higher than the whole. */
export function axisTop(values: number[], unit: Unit): number {
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  if (highest <= 0) return 1;
  if (unit === 'rate' && highest > 0.5) return 1;
  const size = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 4, 5, 8, 10].find((step) => step * size >= highest * 1.02) ?? 20) * size;
}
