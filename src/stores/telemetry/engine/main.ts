/**
 * The built-in ClickHouse: chDB in a process of its own, behind ClickHouse's HTTP protocol on a Unix socket. A crash in native
 * code, a leak or a query that cannot be stopped then costs this process, and never Steward.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDir } from '../../private.ts';
import { writeConfigFile } from './config-file.ts';
import { openDatabase } from './database.ts';
import { bodiesIn, EngineOptions, type EngineMessage } from './options.ts';
import { serveClickHouse } from './server.ts';

const stopGraceMs = 3000;

// A pipe that only the parent holds: it closes when the parent ends, however it ends. Nobody would read our answers then,
// and the tables are safe at any moment.
const endNow = () => process.kill(process.pid, 'SIGKILL');
process.on('disconnect', endNow);
if (!process.connected) endNow();
const say = (message: EngineMessage, then = () => {}) => process.send?.(message, undefined, undefined, then);

try {
  await serve(EngineOptions.parse(JSON.parse(process.argv[2] ?? '')));
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }, endNow);
}

async function serve({ dir, socket, readsFiles, fsync, memoryBytes }: EngineOptions): Promise<void> {
  const tables = join(dir, 'tables');
  const spool = bodiesIn(dir);
  // ClickHouse makes its files for all to read.
  process.umask(0o077);
  makePrivateDir(tables);
  rmSync(spool, { recursive: true, force: true });
  makePrivateDir(spool);
  process.chdir(spool);

  const database = await openDatabase(
    tables,
    [
      `--config-file=${writeConfigFile(dir, { fsync, readsFiles })}`,
      // Otherwise the first query may come before its table is there.
      '--async_load_databases=0',
      `--max_server_memory_usage=${memoryBytes}`,
      '--mark_cache_size=67108864',
      '--index_mark_cache_size=16777216',
      '--primary_index_cache_size=67108864',
      '--query_condition_cache_size=16777216',
      '--background_pool_size=2',
      '--background_schedule_pool_size=2',
      '--background_move_pool_size=1',
      '--background_fetches_pool_size=1',
      '--background_common_pool_size=1',
      // Whoever asks, and what comes in, goes before merging: it can wait, and catches up.
      '--os_threads_nice_value_merge_mutate=5',
    ],
    [
      `--max_memory_usage=${Math.floor(memoryBytes * 0.8)}`,
      `--max_bytes_before_external_group_by=${Math.floor(memoryBytes * 0.3)}`,
      // ClickHouse reckons with 1 GiB of memory for each thread that reads and 4 for one that writes, and gives an engine of 1 GB
      // one of each: with two, an audit took half the time.
      '--max_threads_min_free_memory_per_thread=134217728',
      '--max_insert_threads_min_free_memory_per_thread=268435456',
      // Files are mapped into memory otherwise: loading 1 GB took 1.8 GB resident and 12 s, so 0.9 GB and 3 s.
      '--storage_file_read_method=pread',
    ],
  );

  const server = serveClickHouse(database, { readsFiles });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });

  process.on('message', () => {
    // A normal exit waits for native queries, however long they take.
    setTimeout(endNow, stopGraceMs).unref();
    server.close(() => {
      database.close();
      process.exit(0);
    });
    server.closeIdleConnections();
  });
}
