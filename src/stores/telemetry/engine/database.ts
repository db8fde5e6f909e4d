import { literal } from './literal.ts';
import { loadNative } from './native.ts';
import { controlPrefix } from './protocol.ts';
import { slots, type Wait } from './slots.ts';

/** What one query is run with. Nothing of it is left behind for the next. */
export interface Question {
  sql: string;
  /** Values of `{name:Type}`, each as ClickHouse's HTTP protocol writes them. */
  params: ReadonlyMap<string, string>;
  settings: ReadonlyMap<string, string>;
  queryId: string;
  /** Output format where the SQL names none. */
  format: string;
}

export interface Answer {
  bytes: Uint8Array;
  rowsRead: number;
  bytesRead: number;
}

// The pool of threads has 16: what is left over must always be free to look at queries and to kill them.
const concurrentQueries = 12;

/** Opens the tables of `dir`; `serverArgs` are for the whole engine, `queryArgs` for each query. */
export async function openDatabase(dir: string, serverArgs: readonly string[], queryArgs: readonly string[]) {
  const native = loadNative();
  // Held to the end: the engine stops with its last connection.
  const first = native.CreateConnection(dir, [...serverArgs, ...queryArgs]);
  const slot = slots(concurrentQueries);

  // A connection of its own for each query, 0.2 ms: what a failed query has left to send, its settings and its parameters
  // end with it, and queries run side by side.
  async function onOwnConnection({ sql, params, settings, queryId, format }: Question): Promise<Answer> {
    const args = Array.from(settings, ([name, value]) => `--${name}=${value}`);
    // chDB names queries itself; the comment is where ours is kept, to find it among the running ones.
    const connection = native.CreateConnection(dir, [...queryArgs, ...args, `--log_comment=${queryId}`]);
    try {
      if (params.size > 0) {
        const values = Array.from(params, ([name, value]) => `param_${name} = ${literal(value)}`);
        await native.QueryAsyncConnection(connection, `SET ${values.join(', ')}`, 'Null');
      }
      return await native.QueryAsyncConnection(connection, sql, format);
    } finally {
      native.CloseConnection(connection);
    }
  }

  const known = await onOwnConnection({
    sql: 'SELECT name FROM system.settings',
    params: new Map(),
    settings: new Map(),
    queryId: `${controlPrefix}settings`,
    format: 'TSV',
  });
  const settingNames = new Set(Buffer.from(known.bytes).toString().split('\n'));

  return {
    /** The engine itself accepts any name and says nothing. */
    isSetting: (name: string) => settingNames.has(name),
    ask: (question: Question, wait: Wait) =>
      question.queryId.startsWith(controlPrefix) ? onOwnConnection(question) : slot(wait, () => onOwnConnection(question)),
    close: () => native.CloseConnection(first),
  };
}
export type Database = Awaited<ReturnType<typeof openDatabase>>;
