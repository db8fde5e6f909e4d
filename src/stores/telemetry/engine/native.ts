import { createRequire } from 'node:module';

declare const connection: unique symbol;
/** One connection to the engine of this process: its settings, parameters and results are its own. */
export type Connection = { readonly [connection]: true };

interface Native {
  CreateConnection(dir: string, args: readonly string[]): Connection;
  QueryAsyncConnection(
    to: Connection,
    sql: string,
    format: string,
  ): Promise<{ bytes: Uint8Array; rowsRead: number; bytesRead: number; elapsed: number }>;
  CloseConnection(of: Connection): void;
}

const libraries: Record<string, string> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

/**
 * Loads chDB's addon itself. Its `Session` class closes no connection while any other query of the process runs, so
 * under one long query thousands of finished sessions pile up until the memory limit refuses new ones.
 */
export function loadNative(): Native {
  const library = libraries[`${process.platform}-${process.arch}`];
  if (!library)
    throw new Error(`The built-in ClickHouse does not run on ${process.platform}-${process.arch}; set CLICKHOUSE_URL.`);
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('chdb'))(library) as Native;
}
