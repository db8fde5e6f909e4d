import { createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { fixedSettings } from './config-file.ts';
import type { Answer, Database, Question } from './database.ts';
import { insertFromSpool } from './insert.ts';
import { bodyHeader, isBodyName } from './protocol.ts';
import { reachesOut } from './reach.ts';
import { NoTurn } from './slots.ts';

/** An answer as ClickHouse words its errors, so that the client reads code and name from it. */
class Refusal extends Error {
  constructor(code: number, name: string, message: string) {
    super(`Code: ${code}. DB::Exception: ${message} (${name})`);
  }
}

// Words of the protocol that are no settings.
const protocolWords = new Set(['query', 'query_id', 'database', 'default_format', 'session_id', 'role', 'wait_end_of_query']);

// Parameters come in the address: a list of some thousand ids. ClickHouse itself takes a mebibyte.
const LONGEST_URL = 1024 * 1024;

// The engine holds statements to this, and not the arguments of a connection.
const isFixed = (name: string) => fixedSettings.some((fixed) => fixed === name);

/** Serves ClickHouse's HTTP protocol, as far as `@clickhouse/client` speaks it, in front of one database. */
export function serveClickHouse(database: Database, { readsFiles }: { readsFiles: boolean }) {
  let bodies = 0;
  const server = createServer({ maxHeaderSize: LONGEST_URL }, (request, response) => {
    void answer(request, response).catch((error: unknown) => fail(response, error));
  });
  // The parent ends queries; the protocol has no limit of its own.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 3_600_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (url.pathname === '/ping') return void response.end('Ok.\n');
    if (request.headers['content-encoding']) throw new Refusal(344, 'SUPPORT_IS_DISABLED', 'Send the body uncompressed.');

    const question = readQuestion(url.searchParams);
    const inUrl = url.searchParams.get('query');
    const result =
      inUrl === null
        ? await ask({ ...question, sql: checked(await text(request)) }, response)
        : await insert(question, inUrl, request, response);
    response.setHeader('content-type', 'text/plain; charset=UTF-8');
    response.setHeader('x-clickhouse-query-id', question.queryId);
    response.setHeader(
      'x-clickhouse-summary',
      JSON.stringify({ read_rows: String(result.rowsRead), read_bytes: String(result.bytesRead) }),
    );
    response.end(result.bytes);
  }

  function readQuestion(search: URLSearchParams): Omit<Question, 'sql'> {
    const params = new Map<string, string>();
    const settings = new Map<string, string>();
    for (const [name, value] of search) {
      if (name.startsWith('param_')) params.set(identifier(name.slice('param_'.length)), value);
      else if (isFixed(name)) throw new Refusal(452, 'SETTING_CONSTRAINT_VIOLATION', `Setting ${name} should not be changed.`);
      else if (database.isSetting(name)) settings.set(name, value);
      else if (!protocolWords.has(name)) throw new Refusal(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
    }
    const format = identifier(search.get('default_format') ?? 'TabSeparated');
    return { params, settings, format, queryId: search.get('query_id') ?? '' };
  }

  async function insert(
    question: Omit<Question, 'sql'>,
    sql: string,
    rows: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer> {
    const handed = rows.headers[bodyHeader];
    if (handed !== undefined && !isBodyName(String(handed))) throw new Refusal(62, 'SYNTAX_ERROR', 'This is no name of a body.');
    const spool = handed === undefined ? `${(bodies += 1)}.body` : String(handed);
    const fromSpool = insertFromSpool(checked(sql), spool);
    if (!fromSpool) throw new Refusal(62, 'SYNTAX_ERROR', 'Only INSERT INTO … FORMAT … may come with a body.');
    // Whoever handed it over takes it away again.
    if (handed !== undefined) return ask({ ...question, sql: fromSpool }, response);
    try {
      await pipeline(rows, createWriteStream(spool, { mode: 0o600 }));
      return await ask({ ...question, sql: fromSpool }, response);
    } finally {
      await unlink(spool).catch(() => undefined);
    }
  }

  async function ask(question: Question, response: ServerResponse): Promise<Answer> {
    // To wait longer than a query may run would look, from outside, like a query that cannot be stopped.
    const limitMs = Number(question.settings.get('max_execution_time') ?? 0) * 1000 || 30_000;
    try {
      return await database.ask(question, { limitMs, isWanted: () => !response.destroyed });
    } catch (error) {
      throw error instanceof NoTurn ? new Refusal(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', error.message) : error;
    }
  }

  const checked = (sql: string) => {
    const reason = reachesOut(sql, { readsFiles });
    if (reason) throw new Refusal(497, 'ACCESS_DENIED', `This engine works on its own tables only: ${reason}.`);
    return sql;
  };

  return server;
}

function identifier(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Refusal(62, 'SYNTAX_ERROR', 'A name is made of letters, digits and _.');
  return name;
}

function fail(response: ServerResponse, error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  const message = said.startsWith('Code: ') ? said : `Code: 1001. DB::Exception: ${said} (STD_EXCEPTION)`;
  if (response.headersSent) return void response.destroy();
  response.statusCode = 500;
  response.setHeader('x-clickhouse-exception-code', /^Code: (\d+)/.exec(message)?.[1] ?? '1001');
  response.end(message);
}
