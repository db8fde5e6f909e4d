import { level, type Evidence } from './evidence.ts';

/** A slow change: level until bucket `start`, a straight line to bucket `end`, level after. */
export interface Ramp {
  start: number;
  end: number;
  /** Earliest and latest start that the data allow (95 %). */
  starts: [number, number];
  /** Buckets between one start that was tried and the next. */
  stride: number;
}

/** Knots tried per side; finer dating of a slope means nothing. */
const KNOTS = 24;
/** A ramp shorter than this many buckets is a step with a ragged edge. */
const SHORTEST = 5;
const CHI2_95 = 3.84;
/** By how much (BIC) a ramp must beat the steps; below it the simpler story stands. */
const CLEARLY_BETTER = 2;

/** The ramp over buckets from..to when it explains them clearly better (BIC) than steps at `cuts`, else nothing. */
export function rampInstead(e: Evidence, from: number, cuts: readonly number[], to: number, noise: number): Ramp | null {
  const knots = knotsBetween(from, to);
  const misfit = stepMisfit(e, from, cuts, to) / scaleOf(e, from, to) / noise;
  const tried = knots.flatMap((start) =>
    knots
      .filter((end) => end - start >= SHORTEST)
      .map((end) => ({ start, end, misfit: rampMisfit(e, from, start, end, to) / scaleOf(e, from, to) / noise })),
  );
  const best = tried.reduce<(typeof tried)[number] | null>((a, b) => (a && a.misfit <= b.misfit ? a : b), null);
  const perParameter = Math.log(to - from);
  if (!best || best.misfit + 4 * perParameter + CLEARLY_BETTER > misfit + (2 * cuts.length + 1) * perParameter) return null;
  const near = tried.filter(({ misfit }) => misfit <= best.misfit + CHI2_95).map(({ start }) => start);
  return { start: best.start, end: best.end, starts: [Math.min(...near), Math.max(...near)], stride: strideOf(from, to) };
}

const strideOf = (from: number, to: number) => Math.max(1, Math.ceil((to - from) / KNOTS));

function knotsBetween(from: number, to: number): number[] {
  const stride = strideOf(from, to);
  const knots = [];
  for (let knot = from; knot < to; knot += stride) knots.push(knot);
  return [...knots, to - 1];
}

/** Rates carry their rows as weight; dividing by p(1 − p) makes that a precision. */
function scaleOf(e: Evidence, from: number, to: number): number {
  if (e.kind !== 'rate') return 1;
  const rate = level(e, from, to);
  return Math.max(rate * (1 - rate), 0.005);
}

function stepMisfit(e: Evidence, from: number, cuts: readonly number[], to: number): number {
  const bounds = [from, ...cuts, to];
  let misfit = 0;
  for (let s = 0; s + 1 < bounds.length; s++) {
    const fitted = level(e, bounds[s]!, bounds[s + 1]!);
    for (let i = bounds[s]!; i < bounds[s + 1]!; i++) misfit += e.w[i]! * (e.y[i]! - fitted) ** 2;
  }
  return misfit;
}

/** Weighted least squares of the level on the ramp's shape. */
function rampMisfit(e: Evidence, from: number, start: number, end: number, to: number): number {
  let [w, wx, wy, wxx, wxy, wyy] = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const x = Math.min(1, Math.max(0, (i - start) / (end - start)));
    const weight = e.w[i]!;
    const y = e.y[i]!;
    w += weight;
    wx += weight * x;
    wy += weight * y;
    wxx += weight * x * x;
    wxy += weight * x * y;
    wyy += weight * y * y;
  }
  const spread = wxx - (wx * wx) / w;
  return wyy - (wy * wy) / w - (spread > 0 ? (wxy - (wx * wy) / w) ** 2 / spread : 0);
}
