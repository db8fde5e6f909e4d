import type { Watched } from './timeline.ts';

/** What of a workflow is watched over time. */
export const watched = {
  errorRate: { kind: 'rate', unit: 'rate', plain: 'Error rate', worse: 'up' },
  latency: { kind: 'value', unit: 'ms', plain: 'Time to answer', worse: 'up' },
  costUsd: { kind: 'value', unit: 'usd', plain: 'Cost per run', worse: 'up' },
  tokens: { kind: 'value', unit: 'tokens', plain: 'Tokens per run', worse: null },
  runs: { kind: 'count', unit: 'runs', plain: 'Number of runs', worse: null },
} satisfies Record<string, Watched>;

/** A score of that name: higher is better, as where an audit judges one. */
export const watchedScore = (name: string, isShare: boolean): Watched => ({
  kind: isShare ? 'rate' : 'value',
  unit: isShare ? 'rate' : 'score',
  plain: `Score "${name}"`,
  worse: 'down',
});
