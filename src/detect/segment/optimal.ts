/** Cost of values from..to (to left out) as one segment, its penalty included. */
export type SegmentCost = (from: number, to: number) => number;

/**
 * The segmentation with the least total cost, by dynamic programming over the last cut with PELT's pruning
 * (Killick, Fearnhead & Eckley, JASA 2012). `slack`: by how much splitting may cost more than not; Infinity prunes nothing.
 */
export function optimalPartition(n: number, shortest: number, cost: SegmentCost, slack: number): number[] {
  const best = new Float64Array(n + 1).fill(Infinity);
  const cutBefore = new Int32Array(n + 1);
  best[0] = 0;
  let open = [0];
  for (let to = shortest; to <= n; to++) {
    if (to - shortest >= shortest) open.push(to - shortest);
    const tried = open.map((from) => best[from]! + cost(from, to));
    tried.forEach((total, k) => {
      if (total < best[to]!) [best[to], cutBefore[to]] = [total, open[k]!];
    });
    if (Number.isFinite(slack)) open = open.filter((_, k) => tried[k]! <= best[to]! + slack);
  }
  return traced(cutBefore, n);
}

function traced(cutBefore: Int32Array, n: number): number[] {
  const cuts: number[] = [];
  for (let at = cutBefore[n]!; at > 0; at = cutBefore[at]!) cuts.push(at);
  return cuts.reverse();
}
