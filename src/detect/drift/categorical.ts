import { chiSquareTail } from '../math/distributions.ts';
import { DRIFT_P, type Drift } from './numeric.ts';

export interface CategoricalDrift extends Drift {
  /** Values that make up more than 1 % after and were never seen before. */
  newValues: { value: string; share: number }[];
  /** Shares that moved most, largest first. */
  moved: { value: string; before: number; after: number }[];
}

/** Fewest rows per side, and a cell's fewest expected rows before it is pooled with the other rare ones. */
const FEWEST = 50;
const FEWEST_EXPECTED = 5;
const LEAST_VARIATION = 0.05;
const NEW_SHARE = 0.01;
const MOST_LISTED = 5;

/** χ² test of homogeneity, rare values pooled, with a floor on the total variation distance beyond noise. From 50 rows a side. */
export function categoricalDrift(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): CategoricalDrift {
  const [n, m] = [total(before), total(after)];
  const moved = [...new Set([...before.keys(), ...after.keys()])]
    .map((value) => ({
      value,
      before: (before.get(value) ?? 0) / Math.max(1, n),
      after: (after.get(value) ?? 0) / Math.max(1, m),
    }))
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  const missing = FEWEST - Math.min(n, m);
  const top = moved.slice(0, MOST_LISTED);
  if (missing > 0)
    return { flagged: false, undecided: { needs: missing }, p: 1, effect: 0, atLeast: 0, newValues: [], moved: top };
  const newValues = moved.filter((share) => share.before === 0 && share.after > NEW_SHARE && share.after * m >= FEWEST_EXPECTED);
  const effect = moved.reduce((sum, share) => sum + Math.abs(share.after - share.before), 0) / 2;
  const atLeast = Math.max(0, effect - expectedVariation(moved, n, m));
  const p = homogeneityP(
    moved.map((share) => [share.before * n, share.after * m]),
    n,
    m,
  );
  const flagged = (p < DRIFT_P && atLeast > LEAST_VARIATION) || (newValues.length > 0 && p < DRIFT_P);
  return {
    flagged,
    undecided: null,
    p,
    effect,
    atLeast,
    newValues: newValues.map(({ value, after: share }) => ({ value, share })),
    moved: top,
  };
}

const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Total variation of two samples of one distribution: half the sum of the mean absolute binomial errors. */
function expectedVariation(shares: readonly { before: number; after: number }[], n: number, m: number): number {
  const MEAN_ABSOLUTE = Math.sqrt(2 / Math.PI);
  const perRow = Math.sqrt(1 / n + 1 / m);
  return shares.reduce((sum, { before, after }) => {
    const pooled = (before * n + after * m) / (n + m);
    return sum + 0.5 * MEAN_ABSOLUTE * Math.sqrt(pooled * (1 - pooled)) * perRow;
  }, 0);
}

function homogeneityP(cells: readonly (readonly [number, number])[], n: number, m: number): number {
  const expected = ([a, b]: readonly [number, number]) => ((a + b) * Math.min(n, m)) / (n + m);
  const common = cells.filter((cell) => expected(cell) >= FEWEST_EXPECTED);
  const rest = cells
    .filter((cell) => expected(cell) < FEWEST_EXPECTED)
    .reduce<[number, number]>(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  const rows = rest[0] + rest[1] > 0 ? [...common, rest] : common;
  if (rows.length < 2) return 1;
  const statistic = rows.reduce((sum, [a, b]) => {
    const [wantA, wantB] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)];
    return sum + (a - wantA) ** 2 / wantA + (b - wantB) ** 2 / wantB;
  }, 0);
  return chiSquareTail(statistic, rows.length - 1);
}
