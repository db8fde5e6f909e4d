import type { Filter } from './filter.ts';
import type { BriefSpan } from './store.ts';

const fields = ['workflow', 'model', 'environment', 'user', 'session'] as const;

/** Sums of the same numbers in another order differ in their last digits. */
const NEARLY = 1 - 1e-9;

/**
 * Whether a trace fits a filter by its spans as they came last: it was found by all that ever came of them. Texts, attributes and
 * scores are not looked at again. Pure.
 */
export function stillFits(filter: Filter, spans: readonly BriefSpan[]): boolean {
  const { status, minDurationMs, minCostUsd } = filter;
  const failed = () => spans.some((span) => span.status === 'error');
  const costUsd = () => spans.reduce((sum, span) => sum + (span.costable ? (span.givenCostUsd ?? 0) : 0), 0);
  return (
    fields.every((field) => {
      const wanted = filter[field]?.replaceAll('\u001F', ' ');
      return wanted === undefined || spans.some((span) => span[field] === wanted);
    }) &&
    (status === undefined || failed() === (status === 'error')) &&
    (minDurationMs === undefined || spans.some(({ durationMs }) => durationMs !== null && durationMs >= minDurationMs)) &&
    (minCostUsd === undefined || costUsd() >= minCostUsd * NEARLY)
  );
}
