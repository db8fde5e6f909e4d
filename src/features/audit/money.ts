import type { Judgement } from './judge.ts';

/** What one right answer is worth, and how many calls there are. */
export interface Prices {
  /** USD per right answer; nothing when not told. */
  perSuccessUsd: number | null;
}

const MONTH_MS = 30.44 * 86_400_000;

/** Calls a month at the pace of a stretch of time; nothing for a log without time, whose pace is not known. */
export const callsPerMonth = (rows: number, spanMs: number) => (spanMs > 0 ? (rows / spanMs) * MONTH_MS : null);

/** Metrics of which each point costs right answers. */
const sign: Record<string, 1 | -1> = { score: -1, format_valid_rate: -1, error_rate: 1, refusal_rate: 1, empty_rate: 1 };

/**
 * What a finding costs a month, in USD; negative when it saves. Cost per call has a price by itself; lost answers have one when
 * `perSuccessUsd` is told. Time and length have none. `scored`: the score of the same event is priced already, so its other marks
 * are not priced again.
 */
export function moneyPerMonth(
  judgement: Judgement,
  monthlyCalls: number | null,
  spanMs: number,
  prices: Prices,
  scored: boolean,
): number | null {
  const { metric, change, stall } = judgement;
  const { perSuccessUsd } = prices;
  if (stall) {
    return perSuccessUsd === null
      ? null
      : ((stall.expected - stall.seen) * perSuccessUsd * MONTH_MS) / Math.max(spanMs, MONTH_MS);
  }
  if (change === null || monthlyCalls === null) return null;
  if (metric.name === 'cost_usd') return change * monthlyCalls;
  const direction = sign[metric.name];
  if (perSuccessUsd === null || direction === undefined) return null;
  return scored && metric.name !== 'score' ? 0 : direction * change * monthlyCalls * perSuccessUsd;
}
