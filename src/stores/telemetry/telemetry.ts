import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient, type ClickHouseSettings } from '@clickhouse/client';
import { z } from 'zod';
import { unavailable } from '../../platform/problem.ts';
import { askEngine } from './ask.ts';
import { killQuery, progressOf, type QueryProgress } from './control.ts';
import { bodyHeader } from './engine/protocol.ts';
import { asProblem, withoutRows } from './errors.ts';
import { handOver } from './hand-over.ts';
import { columnName, formatName, queryName, tableName } from './names.ts';
import { sizeOf } from './segment.ts';

export interface QueryOptions {
  /** How long the query may run. It is stopped by then, and the caller is told within 3 s more. Default: 30 s. */
  timeoutMs?: number;
  /** ClickHouse settings of this query alone. */
  settings?: ClickHouseSettings;
  /** A name for `progressOf`: letters, digits, `_` and `-`. */
  queryId?: string;
  /** Stops the query. */
  signal?: AbortSignal;
}

/** Values of the `{name:Type}` in a query. They are bound; they never become SQL. */
export type Params = Record<string, unknown>;

/** The one way to telemetry, whether ClickHouse is built in, a server or a cluster. */
export interface Telemetry extends AsyncDisposable {
  /**
   * Asks a question: `rows(Shape)(sql, params, options)`. Reads only: no statement in it can change a table, write a file or, on
   * the main store, see one. Each row is parsed by the shape.
   * Throws `Problem`: `unavailable` (try again), `too_large` (past its time or memory).
   */
  rows<S extends z.ZodType>(shape: S): (sql: string, params?: Params, options?: QueryOptions) => Promise<z.output<S>[]>;
  /** Runs a statement that answers nothing: DDL, `INSERT … SELECT`. It reaches tables and, on a scratch store, files by `file`. */
  command(sql: string, params?: Params, options?: QueryOptions): Promise<void>;
  /**
   * Adds rows; on the main store they are on disk when it returns. Objects go as JSON; bytes go as they are, in `format`; parts
   * of them one behind the other, at once and not as the event loop comes round to it.
   * All or nothing up to a block (about a million rows).
   */
  insert(table: string, rows: readonly object[] | Readable | Uint8Array | Parts, options?: InsertOptions): Promise<void>;
  /** Asks a question and answers its rows as they are, in ClickHouse's format Native. All of them are in memory at once. */
  native(sql: string, params?: Params, options?: QueryOptions): Promise<Buffer>;
  /** How far the query of that id is; nothing when it does not run (yet, or any more). Never throws. */
  progressOf(queryId: string): Promise<QueryProgress | undefined>;
  /** The process of the built-in engine; nothing for a server, or while it is being restarted. */
  pid(): number | undefined;
  close(): Promise<void>;
}

export interface Parts {
  readonly parts: readonly Uint8Array[];
}

export interface InsertOptions extends QueryOptions {
  columns?: readonly string[];
  /** ClickHouse's name for the format of a stream or of bytes. Default: JSONEachRow. */
  format?: string;
}

/** What stands behind the client. A server of one's own needs none of it. */
export interface Backing {
  /** Where the built-in engine reads the rows of an insert. */
  readonly bodies?: string;
  ready(): Promise<void>;
  pid(): number | undefined;
  /** Ends the engine when a query of it cannot be stopped otherwise. */
  kill(): void;
  close(): Promise<void>;
}

const defaultTimeoutMs = 30_000;
/** What goes through a socket in one turn of the event loop. */
const MOST_SENT_BYTES = 64 * 1024;
const killAfterMs = 500;
const giveUpAfterMs = 2500;

const settingsOfAll: ClickHouseSettings = {
  date_time_input_format: 'best_effort',
  // With a Z: a time without a zone would be read as local time.
  date_time_output_format: 'iso',
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 0,
};

/** Made once for each shape: to make one takes longer than to parse a few rows by it. */
const rowShapes = new WeakMap<z.ZodType, z.ZodType>();
function rowsOf<S extends z.ZodType>(shape: S): z.ZodArray<S> {
  const known = rowShapes.get(shape) as z.ZodArray<S> | undefined;
  if (known) return known;
  const made = z.array(shape);
  rowShapes.set(shape, made);
  return made;
}

/** Opens a client on `url`; `readsFiles`: what it asks may be about files of the machine. */
export function connectTelemetry({
  url,
  agent,
  backing,
  readsFiles = false,
  settings = {},
}: {
  url: string;
  /** Of the built-in engine, which is asked through it. */
  agent?: Agent;
  backing: Backing;
  readsFiles?: boolean;
  /** Of every statement. */
  settings?: ClickHouseSettings;
}): Telemetry {
  const common = { ...settingsOfAll, ...settings };
  const client = createClient({
    url,
    ...(agent && { http_agent: agent }),
    max_open_connections: 64,
    // Each query brings its own limit; the client's would end the connection and leave the query running.
    request_timeout: 2 ** 31 - 1,
    keep_alive: { enabled: true, idle_socket_ttl: 1500 },
    application: 'steward',
    // It writes whole queries to the terminal; what matters of an error reaches the caller.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: common,
  });

  /** Runs one request under its limit. */
  async function limited<T>(options: QueryOptions, send: (request: Request) => Promise<T>): Promise<T> {
    const queryId = queryName(options.queryId ?? randomUUID());
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    await backing.ready();
    const stop = new AbortController();
    let stuck = false;
    const kill = () => void killQuery(client, queryId);
    // The engine looks at the clock between blocks; a block that takes long is killed; an engine that ignores that is ended.
    const timers = [
      setTimeout(kill, timeoutMs + killAfterMs),
      setTimeout(() => {
        stuck = true;
        backing.kill();
        stop.abort();
      }, timeoutMs + giveUpAfterMs),
    ];
    const cancelled = () => {
      kill();
      stop.abort();
    };
    options.signal?.addEventListener('abort', cancelled, { once: true });
    try {
      options.signal?.throwIfAborted();
      return await send({
        query_id: queryId,
        abort_signal: stop.signal,
        clickhouse_settings: { ...options.settings, max_execution_time: timeoutMs / 1000 },
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (stuck)
        throw unavailable(`A query could not be stopped after ${timeoutMs / 1000} s, so its engine was restarted.`, error);
      throw asProblem(error, timeoutMs);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancelled);
    }
  }

  async function asked(sql: string, params: Params | undefined, request: Request): Promise<unknown[]> {
    const { query_id: queryId, abort_signal: signal, clickhouse_settings } = request;
    if (agent) return askEngine(agent, { sql, params, queryId, signal, settings: { ...common, ...clickhouse_settings } });
    const result = await client.query({ ...request, query: sql, query_params: params, format: 'JSONEachRow' });
    return result.json();
  }

  /** The rows go by a file; the request only names it. */
  async function insertHanded(question: Request & { query: string }, bodies: string, { parts }: Parts): Promise<void> {
    const handed = await handOver(bodies, parts);
    try {
      const http_headers = { [bodyHeader]: handed.name };
      const sent = await client.exec({ ...question, http_headers, values: Readable.from([], { objectMode: false }) });
      for await (const _ of sent.stream);
    } catch (error) {
      throw handed.isThere() ? error : unavailable('The telemetry store was restarted. Try again in a moment.', error);
    } finally {
      await handed.remove();
    }
  }

  const telemetry: Telemetry = {
    rows:
      (shape) =>
      (sql, params, options = {}) =>
        limited(options, async (request) => {
          // 2 lets a question read a file; 1 does not.
          const settings: ClickHouseSettings = { ...request.clickhouse_settings, readonly: readsFiles ? '2' : '1' };
          return rowsOf(shape).parse(await asked(sql, params, { ...request, clickhouse_settings: settings }));
        }),
    command: (sql, params, options = {}) =>
      limited(options, async (request) => {
        await client.command({ ...request, query: sql, query_params: params });
      }),
    insert: (table, rows, { columns, format = 'JSONEachRow', ...options } = {}) =>
      limited(options, async (request) => {
        const into = columns ? `${tableName(table)} (${columns.map(columnName).join(', ')})` : tableName(table);
        const question = { ...request, query: `INSERT INTO ${into} FORMAT ${formatName(format)}` };
        if ('parts' in rows && backing.bodies !== undefined && sizeOf(rows.parts) > MOST_SENT_BYTES)
          return insertHanded(question, backing.bodies, rows);
        const sent = await client.exec({ ...question, values: asBytes(rows) });
        for await (const _ of sent.stream);
      }).catch((error: unknown) => {
        throw withoutRows(error);
      }),
    native: (sql, params, options = {}) =>
      limited(options, async (request) => {
        const asked = await client.exec({
          ...request,
          query: `${sql} FORMAT Native`,
          query_params: params,
          // Otherwise a failure in the middle would look like the end.
          clickhouse_settings: { ...request.clickhouse_settings, readonly: '1', wait_end_of_query: 1 },
        });
        return buffer(asked.stream);
      }),
    progressOf: (queryId) => progressOf(client, queryName(queryId)),
    pid: () => backing.pid(),
    async close() {
      await client.close();
      agent?.destroy();
      await backing.close();
    },
    [Symbol.asyncDispose]: () => telemetry.close(),
  };
  return telemetry;
}

interface Request {
  query_id: string;
  abort_signal: AbortSignal;
  clickhouse_settings: ClickHouseSettings;
}

function asBytes(rows: readonly object[] | Readable | Uint8Array | Parts): Readable {
  if (rows instanceof Readable) return rows;
  if ('parts' in rows) return Readable.from(rows.parts, { objectMode: false });
  if (rows instanceof Uint8Array) return Readable.from([rows], { objectMode: false });
  return Readable.from(jsonLines(rows), { objectMode: false });
}

// In pieces: one string of all rows may be longer than a string can be.
function* jsonLines(rows: readonly object[]) {
  for (let at = 0; at < rows.length; at += 1000) {
    yield rows
      .slice(at, at + 1000)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
  }
}
