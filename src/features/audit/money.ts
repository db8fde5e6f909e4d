import type { Judgement } from './judge.ts';

/** What one right answer is worth, and how many calls there are. */
export interface Prices {
  /** USD per right answer; nothing when not told. */
  perSuccessUsd: number | null;
}

const MONTH_MS = 30.44 * 86_400_000;

/** Calls a month at the pace of a stretch of time. */
export const callsPerMonth = (rows: number, spanMs: number) => (spanMs > 0 ? (rows / spanMs) * MONTH_MS : 0);

/** Metrics of which each point costs right answers. */
const sign: Record<string, 1 | -1> = { score: -1, format_valid_rate: -1, error_rate: 1, refusal_rate: 1, empty_rate: 1 };

/**
 * What a finding costs a month, in USD; negative when it saves. Cost per call has a price by itself; lost answers have one when
 * `perSuccessUsd` is told. Time and length have none. `scored`: the score of the same event is priced already, so its other marks
 * are not priced again.
 */
export function moneyPerMonth(
  judgement: Judgement,
  monthlyCalls: number,
  spanMs: number,
  prices: Prices,
  scored: boolean,
): number | null {
  const { metric, change, stall } = judgement;
  if (change === null) return null;
  if (metric.name === 'cost_usd') return change * monthlyCalls;
  if (prices.perSuccessUsd === null) return null;
  if (stall) return ((stall.expected - stall.seen) * prices.perSuccessUsd * MONTH_MS) / Math.max(spanMs, MONTH_MS);
  const direction = sign[metric.name];
  if (direction === undefined) return null;
  return scored && metric.name !== 'score' ? 0 : direction * change * monthlyCalls * prices.perSuccessUsd;
}
