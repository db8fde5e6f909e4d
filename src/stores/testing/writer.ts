/**
 * Writes to both stores as fast as they take it and prints each batch once it was acknowledged: `t 17`, `r 42`. Meant to be
 * killed, or to see its stores killed. Arguments: data directory, number of the first batch.
 */
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { openLog } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { openStores } from '../index.ts';
import { rowsPerBatch } from './batch.ts';

const [dataDir = '', first = '0'] = process.argv.slice(2);
const { records, telemetry } = await openStores({ dataDir, databaseUrl: undefined, clickhouseUrl: undefined }, openLog('silent'));

await until(() =>
  telemetry.command(
    'CREATE TABLE IF NOT EXISTS torture (batch UInt64, n UInt32, text String) ENGINE = MergeTree ORDER BY (batch, n)',
  ),
);
await until(() => records.rows(z.unknown())`create table if not exists torture (batch bigint primary key, text text)`);
// A synchronous write: once it returns, the line is in the pipe, whatever happens to this process.
const say = (line: string) => writeSync(1, `${line}\n`);
say('up');

const text = 'acknowledged is acknowledged '.repeat(8);
const writeTelemetry = async () => {
  for (let batch = Number(first); ; batch += 1) {
    const rows = Array.from({ length: rowsPerBatch }, (_, n) => ({ batch, n, text }));
    await until(() => telemetry.insert('torture', rows));
    say(`t ${batch}`);
  }
};
const writeRecords = async () => {
  for (let batch = Number(first); ; batch += 1) {
    await until(() => records.rows(z.unknown())`insert into torture values (${batch}, ${text}) on conflict do nothing`);
    say(`r ${batch}`);
  }
};
await Promise.all([writeTelemetry(), writeRecords()]);

/** Tries again for as long as the store says that this can help: nothing is acknowledged twice, and nothing given up. */
async function until(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Problem && error.retryable)) throw error;
      say('retry');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
