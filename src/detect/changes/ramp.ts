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
/** Two steps one way of about the same size are no simpler story than one slide: it may be worse by this much, where it fits by itself. */
const STAIRS = { worse: 10, unlike: 2.5, misfit: 1.25 };

/** The ramp over buckets from..to when it explains them clearly better (BIC) than steps at `cuts`, else nothing. */
export function rampInstead(e: Evidence, from: number, cuts: readonly number[], to: number, noise: number): Ramp | null {
  const knots = knotsBetween(from, to);
  const perParameter = Math.log(to - from);
  const steps = stepsCost(e, from, cuts, to, noise * scaleOf(e, from, to), perParameter);
  const tried = knots.flatMap((start) =>
    knots
      .filter((end) => end - start >= SHORTEST)
      .map((end) => ({ start, end, misfit: rampMisfit(e, from, start, end, to) / scaleOf(e, from, to) / noise })),
  );
  const best = tried.reduce<(typeof tried)[number] | null>((a, b) => (a && a.misfit <= b.misfit ? a : b), null);
  if (!best) return null;
  const bar = isStairs(e, from, cuts, to) && best.misfit <= STAIRS.misfit * (to - from - 4) ? -STAIRS.worse : CLEARLY_BETTER;
  if (best.misfit + 4 * perParameter + bar > steps) return null;
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

/**
 * What steps cost (BIC). A step in the middle of a bucket leaves one between both levels; it may have a level of its own for the price
 * of a parameter, so that it does not look like a slope.
 */
function stepsCost(e: Evidence, from: number, cuts: readonly number[], to: number, scale: number, perParameter: number): number {
  const bounds = [from, ...cuts, to];
  const levels = bounds.slice(1).map((end, s) => level(e, bounds[s]!, end));
  const misfitOf = (i: number, s: number) => (e.w[i]! * (e.y[i]! - levels[s]!) ** 2) / scale;
  let cost = (2 * cuts.length + 1) * perParameter;
  levels.forEach((_, s) => {
    for (let i = bounds[s]!; i < bounds[s + 1]!; i++) cost += misfitOf(i, s);
  });
  cuts.forEach((cut, s) => {
    const between = (i: number) => (e.y[i]! - levels[s]!) * (e.y[i]! - levels[s + 1]!) < 0;
    const mixed = Math.max(between(cut - 1) ? misfitOf(cut - 1, s) : 0, between(cut) ? misfitOf(cut, s + 1) : 0);
    cost -= Math.max(0, mixed - perParameter);
  });
  return cost;
}

/** Steps of about the same size, as a slide between wandering days looks to a search for steps. All go one way. */
function isStairs(e: Evidence, from: number, cuts: readonly number[], to: number): boolean {
  const bounds = [from, ...cuts, to];
  const levels = bounds.slice(1).map((end, s) => level(e, bounds[s]!, end));
  const sizes = levels.slice(1).map((now, s) => Math.abs(now - levels[s]!));
  return cuts.length > 1 && Math.max(...sizes) <= STAIRS.unlike * Math.min(...sizes);
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
