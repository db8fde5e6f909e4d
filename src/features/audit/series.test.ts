import { expect, test } from 'vitest';
import { volume, type Metric, type Series } from './metrics.ts';
import { totalsOf, widened } from './series.ts';

const HOUR = 3_600_000;
const latency: Metric = { name: 'latency_s', plain: '', sql: '', kind: 'value', unit: 'seconds', worse: 'up' };
const error: Metric = { name: 'error_rate', plain: '', sql: '', kind: 'rate', unit: 'rate', worse: 'up' };
const bucket = (at: number, n: number, sum: number, sumLog?: number) => ({
  at: at * HOUR,
  n,
  sum,
  sumSq: sum,
  ...(sumLog !== undefined && { sumLog }),
});

test('hours make a day, and the logarithms of a day are known where those of each hour are', () => {
  const days = widened([bucket(0, 2, 3, 1), bucket(23, 1, 5, 2), bucket(24, 1, 1, 0), bucket(30, 4, 0)], 24 * HOUR);
  expect(days).toEqual([bucket(0, 3, 8, 3), bucket(24, 5, 1)]);
});

const of = (metric: Metric, segment: Record<string, string>, buckets: Series['buckets']): Series => ({
  metric,
  segment,
  buckets,
});
const model = { name: 'model', column: 'model', sql: 'model', says: 'input' as const, values: [] };
const series = [
  of(volume, {}, [bucket(0, 5, 5), bucket(1, 2, 2)]),
  of(volume, { model: 'b' }, [bucket(0, 4, 4)]),
  of(latency, { model: 'b' }, [bucket(0, 4, 8, 2)]),
  of(volume, { model: 'a' }, [bucket(0, 1, 1), bucket(1, 2, 2)]),
  of(latency, { model: 'a' }, [bucket(0, 1, 3, 1), bucket(1, 1, 4, 2)]),
  of(error, { model: 'a' }, []),
];

test('totals by the values of a column are the sums of their buckets', () => {
  expect(totalsOf(series, [latency, error], model, 7)).toEqual([
    { value: 'a', n: 3, totals: [bucket(0, 2, 7, 3), bucket(0, 0, 0)] },
    { value: 'b', n: 4, totals: [bucket(0, 4, 8, 2), bucket(0, 0, 0)] },
  ]);
});

test('where rows have no time, or the column was not read over time, they are to be asked for', () => {
  expect(totalsOf(series, [latency], model, 8)).toBeNull();
  expect(totalsOf(series, [latency], { ...model, name: 'customer' }, 7)).toBeNull();
});
