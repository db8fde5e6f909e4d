import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openLog } from '../../../platform/log.ts';
import { queryMetrics } from './metrics.ts';

/** Which table a chart is read from: rollups wherever they know enough, as spans are read a thousand times slower. */

const now = new Date('2026-11-20T12:00:00Z');

async function tablesOf(question: object): Promise<string[]> {
  const tables = new Set<string>();
  const parts = { now: () => now, config: readConfig({}), log: openLog('silent') };
  const telemetry = {
    rows: () => (sql: string) => {
      for (const [, table] of sql.matchAll(/ FROM ([a-z_]+)/g)) tables.add(table!);
      return Promise.resolve([]);
    },
  };
  const input = queryMetrics.input.parse({ client: 'Acme', from: '2026-11-19T12:00:00Z', ...question });
  await queryMetrics.run({ ...localContext(parts), telemetry }, input);
  return [...tables].sort();
}

test.each([
  [{ metric: 'runs' }, 'run_all_hour'],
  [{ metric: 'latencyP95', groupBy: 'environment' }, 'run_all_hour'],
  [{ metric: 'runs', groupBy: 'workflow' }, 'run_hour'],
  [{ metric: 'runs', bucket: 'minute' }, 'run_minute'],
  [{ metric: 'latencyP95', groupBy: 'workflow', bucket: 'day' }, 'run_day'],
  [{ metric: 'latencyP95', groupBy: 'model' }, 'usage_hour'],
  [{ metric: 'costUsd', groupBy: 'model', workflow: 'support', environment: 'prod' }, 'usage_hour'],
  [{ metric: 'errorRate', promptVersion: 'v2' }, 'usage_hour'],
  [{ metric: 'users', workflow: 'support' }, 'run_hour'],
  [{ metric: 'score' }, 'score_hour'],
  [{ metric: 'score', groupBy: 'scoreName', bucket: 'day' }, 'score_day'],
  [{ metric: 'score', scoreName: 'tone', workflow: 'support', bucket: 'minute' }, 'score_minute'],
  // What rollups do not know.
  [{ metric: 'score', scoreBelow: 0.5 }, 'score'],
  [{ metric: 'users', model: 'gpt-5' }, 'span'],
  [{ metric: 'runs', user: 'u1' }, 'span'],
  [{ metric: 'runs', bucket: 'minute', from: '2026-10-20T11:00:00Z', to: '2026-10-20T12:00:00Z' }, 'span'],
])('%o is read from %s', async (question, table) => {
  expect(await tablesOf(question)).toEqual([table]);
});
