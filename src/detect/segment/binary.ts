import { squaredError, type Sums } from './costs.ts';

/** Splits on the mean, the best one first, while each explains more than `penalty` and there are fewer than `most`. */
export function binarySegmentation(sums: Sums, penalty: number, most: number, shortest: number): number[] {
  const cuts: number[] = [];
  while (cuts.length < most) {
    const bounds = [0, ...cuts, sums.n];
    const splits = bounds.slice(1).map((to, i) => bestCut(sums, bounds[i]!, to, shortest));
    const best = splits.reduce((a, b) => (b.gain > a.gain ? b : a));
    if (best.gain <= penalty) break;
    cuts.push(best.at);
    cuts.sort((a, b) => a - b);
  }
  return cuts;
}

function bestCut(sums: Sums, from: number, to: number, shortest: number): { at: number; gain: number } {
  const whole = squaredError(sums, from, to);
  let best = { at: from, gain: 0 };
  for (let at = from + shortest; at <= to - shortest; at++) {
    const gain = whole - squaredError(sums, from, at) - squaredError(sums, at, to);
    if (gain > best.gain) best = { at, gain };
  }
  return best;
}
