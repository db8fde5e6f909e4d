/**
 * Benjamini–Hochberg q-values (JRSS B 1995): report everything with q ≤ 0.05 and on average 5 % of it is chance.
 * The order of the answer is the order of `ps`. For a batch of finished tests; never over monitors that run on.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[b]! - ps[a]!);
  const qs = Array.from<number>({ length: ps.length });
  let smallest = 1;
  order.forEach((index, place) => {
    smallest = Math.min(smallest, (ps[index]! * ps.length) / (ps.length - place));
    qs[index] = smallest;
  });
  return qs;
}
