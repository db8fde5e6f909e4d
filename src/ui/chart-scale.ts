/** What charts of pages and of reports have in common: the ends and steps of axes, gaps, colours. Pure. */

/** A round end of an axis, above every value. */
export function roundTop(highest: number, steps: readonly number[] = [1, 2, 4, 6, 8, 10]): number {
  if (!(highest > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(highest));
  return ([...steps, 20].find((step) => step * size >= highest * 1.02) ?? 20) * size;
}

/** The step between ticks: four of them, three where that is rounder. */
export const axisStep = (top: number): number => top / (top.toExponential().startsWith('6') ? 3 : 4);

/** A missing bucket ends a run: the line has a gap there, and never falls to zero. */
export function runsOf<Point extends { at: number }>(points: readonly Point[], bucketMs: number): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    const last = runs.at(-1)?.at(-1);
    if (last && point.at - last.at < bucketMs * 1.5) runs.at(-1)?.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** Okabe and Ito's colours: told apart by every kind of colour vision. In the dark the blue is its light fellow. */
export const chartColors = {
  line: { light: '#0072b2', dark: '#56b4e9' },
  interval: { light: '#e69f00', dark: '#e69f00' },
  baseline: { light: '#009e73', dark: '#009e73' },
} as const;
