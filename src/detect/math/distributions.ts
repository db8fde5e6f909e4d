/** Tails and quantiles of the distributions every test here needs (Abramowitz & Stegun; Lentz's continued fractions). */

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
];

export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const base = x + LANCZOS.length - 1.5;
  const series = LANCZOS.reduce((sum, coefficient, i) => sum + coefficient / (x + i), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

const SMALLEST = 1e-300;
const LOOP_LIMIT = 500;
const PRECISION = 1e-14;
const awayFromZero = (x: number) => (Math.abs(x) < SMALLEST ? SMALLEST : x);

/** Upper tail of the gamma distribution with this shape, Q(shape, x). */
export function gammaTail(shape: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  return x < shape + 1 ? 1 - front * gammaSeries(shape, x) : front * gammaFraction(shape, x);
}

function gammaSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; k < LOOP_LIMIT && term > sum * PRECISION; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum;
}

function gammaFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1 / SMALLEST;
  let d = 1 / awayFromZero(b);
  let h = d;
  for (let k = 1; k < LOOP_LIMIT; k++) {
    const a = -k * (k - shape);
    b += 2;
    d = 1 / awayFromZero(a * d + b);
    c = awayFromZero(b + a / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return h;
}

/** Regularised incomplete beta function I_x(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < LOOP_LIMIT; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return h;
}

/** Upper tail of the standard normal, accurate far out (1e-300). */
export const normalTail = (z: number): number => (z < 0 ? 1 - normalTail(-z) : 0.5 * gammaTail(0.5, (z * z) / 2));
/** P(|Z| ≥ |z|). */
export const normalTwoSided = (z: number): number => gammaTail(0.5, (z * z) / 2);
export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
export const chiSquareTail = (x: number, df: number): number => gammaTail(df / 2, x / 2);
/** P(|T| ≥ |t|) of Student's t. */
export const studentTwoSided = (t: number, df: number): number => betaCdf(df / (df + t * t), df / 2, 0.5);

/** The z with this upper tail probability, 0 < p < 1 (Abramowitz & Stegun 26.2.23, then three Newton steps). */
export function normalQuantileUpper(p: number): number {
  if (p > 0.5) return -normalQuantileUpper(1 - p);
  const tail = Math.max(p, SMALLEST);
  const t = Math.sqrt(-2 * Math.log(tail));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) z += (normalTail(z) - tail) / Math.max(normalDensity(z), SMALLEST);
  return z;
}

/** The t with P(|T| ≥ t) = p, by bisection. */
export function studentQuantile(p: number, df: number): number {
  let low = 0;
  let high = 1e4;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, df) > p) low = middle;
    else high = middle;
  }
  return high;
}

/** A t statistic as the normal z with the same tail, so that few degrees of freedom do not look like strong evidence. */
export function normalScore(t: number, df: number): number {
  const p = studentTwoSided(t, Math.max(1, df));
  return p < SMALLEST ? Math.abs(t) : normalQuantileUpper(p / 2);
}

/** Upper tail of Kolmogorov's distribution at √n·D (Marsaglia's alternating series). */
export function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
