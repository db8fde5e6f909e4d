import { DAY_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';

/** What one right answer is worth, and how many calls there are. */
export interface Prices {
  /** USD per right answer; nothing when not told. */
  perSuccessUsd: number | null;
}

const MONTH_MS = 30.44 * DAY_MS;

/** Calls a month at the pace of a stretch of time; nothing for a log without time, whose pace is not known. */
export const callsPerMonth = (rows: number, spanMs: number) => (spanMs > 0 ? (rows / spanMs) * MONTH_MS : null);

/** Metrics of which each point costs right answers. */
const sign: Record<string, 1 | -1> = {
  score: -1,
  format_valid_rate: -1,
  error_rate: 1,
  refusal_rate: 1,
  empty_rate: 1,
  truncated_rate: 1,
};

/**
 * What a finding costs a month, in USD; negative when it saves. Cost per call has a price by itself; lost answers have one when
 * `perSuccessUsd` is told. Time and length have none.
 */
export function moneyPerMonth(judgement: Judgement, monthlyCalls: number | null, spanMs: number, prices: Prices): number | null {
  const { metric, change, stall } = judgement;
  const { perSuccessUsd } = prices;
  if (stall) {
    return perSuccessUsd === null
      ? null
      : ((stall.expected - stall.seen) * perSuccessUsd * MONTH_MS) / Math.max(spanMs, MONTH_MS);
  }
  if (change === null || monthlyCalls === null) return null;
  // What is over costs what it cost, once in the time of the log.
  const calls = judgement.over === undefined ? monthlyCalls : ((judgement.after?.n ?? 0) * MONTH_MS) / Math.max(spanMs, MONTH_MS);
  if (metric.name === 'cost_usd') return change * calls;
  const direction = sign[metric.name];
  if (perSuccessUsd === null || direction === undefined) return null;
  // Only of right and wrong answers is a point a number of answers.
  return metric.kind === 'rate' ? direction * change * calls * perSuccessUsd : null;
}

export interface PricedJudgement {
  judgement: Judgement;
  money: number | null;
}

/**
 * Prices the lost answers of one event once: by its score over all rows, else by the mark that costs most. The other marks and
 * segments count the same answers again and get 0.
 */
export function priceOnce<T extends PricedJudgement>(members: readonly T[]): T[] {
  const lost = members.filter(({ judgement, money }) => money !== null && money > 0 && judgement.metric.name in sign);
  const whole = lost.find(({ judgement: { metric, segment } }) => metric.name === 'score' && Object.keys(segment).length === 0);
  const dearest = lost.toSorted((a, b) => b.money! - a.money!)[0];
  const told = whole ?? dearest;
  return members.map((member) => (lost.includes(member) && member !== told ? { ...member, money: 0 } : member));
}
