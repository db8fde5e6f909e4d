import { createMonitor, type Bucket, type Monitor, type MonitorOptions } from '../../src/detect/index.ts';
import { scoreAlerts, simulate } from './degrade-sim.mjs';

const DAY_MS = 86_400_000;

export interface Workflow {
  id: string;
  days: number;
  series: Record<string, (number | null)[]>;
  events: { kind: string; start: number; end: number; onset: number; alertExpected: string[] }[];
}

export interface Alert {
  workflow: string;
  metric: string;
  /** Day. */
  t: number;
}

export interface SimulatorScore {
  workflows: number;
  monitorMonthsPerMetric: number;
  falseAlarmsPerMonitorMonth: Record<string, number>;
  /** Over eval, latency and cost together. */
  medianStepDelay: number;
  events: Record<
    string,
    { n: number; recall: number; withinHorizon: number; medianDelay: number | null; p90Delay: number | null }
  >;
}

/** Half degrading, half healthy, as the simulator's own command line makes them. */
export const bed = (n: number, seed: number, hard: boolean): Workflow[] =>
  Array.from(
    { length: n },
    (_, i) => simulate({ seed: seed * 100_000 + i, kind: i % 2 === 1 ? 'healthy' : 'degrade', hard }) as unknown as Workflow,
  );

interface Watched {
  options: Omit<MonitorOptions, 'bucketMs'>;
  /** Changes for the better that count as alerts too. */
  bothWays?: boolean;
  bucket: (series: Workflow['series'], day: number) => Omit<Bucket, 'at'> | null;
}

const rateOf = (hits: number, n: number) => (n > 0 ? { n, sum: hits, sumSq: hits } : null);
const single = (value: number | null | undefined) => (value == null ? null : { n: 1, sum: value, sumSq: value * value });

const WATCHED: Record<string, Watched> = {
  eval: { options: { kind: 'rate', worse: 'down' }, bucket: (s, d) => rateOf(s['passed']![d]!, s['graded']![d]!) },
  error: { options: { kind: 'rate', worse: 'up' }, bucket: (s, d) => rateOf(s['errors']![d]!, s['runs']![d]!) },
  latency: { options: { kind: 'value' }, bothWays: true, bucket: (s, d) => single(s['p95']![d]) },
  cost: { options: { kind: 'value' }, bothWays: true, bucket: (s, d) => single(s['costPerRun']![d]) },
  volume: { options: { kind: 'volume' }, bucket: (s, d) => single(s['runs']![d]) },
  freshness: { options: { kind: 'freshness' }, bucket: (s, d) => single(s['freshMin']![d]) },
};

/** Lets a monitor per metric see each day once, in order. */
export function alertsOf(workflow: Workflow): Alert[] {
  return Object.entries(WATCHED).flatMap(([metric, { options, bothWays, bucket }]) => {
    const monitor: Monitor = createMonitor({ ...options, bucketMs: DAY_MS });
    return Array.from({ length: workflow.days }, (_, t) => t).flatMap((t) => {
      const today = bucket(workflow.series, t);
      const verdict = today ? monitor.update({ at: t * DAY_MS, ...today }).verdict : 'steady';
      return verdict === 'worse' || (bothWays && verdict === 'better') ? [{ workflow: workflow.id, metric, t }] : [];
    });
  });
}

export function scoreSimulator(workflows: readonly Workflow[]): SimulatorScore {
  const alerts = workflows.flatMap(alertsOf);
  return { ...scoreAlerts(workflows, alerts), medianStepDelay: medianStepDelay(workflows, alerts) };
}

/** Median days from a step's onset to its first alert, over all metrics that should alert; steps missed left out. */
export function medianStepDelay(workflows: readonly Workflow[], alerts: readonly Alert[]): number {
  const delays = workflows.flatMap((workflow) => {
    const own = alerts.filter((alert) => alert.workflow === workflow.id).sort((a, b) => a.t - b.t);
    const steps = workflow.events.filter(({ kind }) => kind === 'step');
    return steps.flatMap(({ alertExpected, start, end, onset }) =>
      alertExpected.flatMap((metric) => {
        const first = own.find((alert) => alert.metric === metric && alert.t >= start && alert.t <= end);
        return first ? [Math.max(0, first.t - onset)] : [];
      }),
    );
  });
  return delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Infinity;
}

/** Share found of all events together. */
export function poolOf(events: readonly { n: number; recall: number }[]): number {
  const all = events.reduce((sum, { n }) => sum + n, 0);
  return events.reduce((sum, { n, recall }) => sum + n * recall, 0) / Math.max(1, all);
}
