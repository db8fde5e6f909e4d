import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openLog } from '../../../platform/log.ts';
import { perform } from '../../../platform/operation.ts';
import { testServer, wholeList, type TestServer } from '../../../testing/server.ts';
import { importLog } from './operations.ts';

/** Logs of the past, into a real server and out of it again. */

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
let dir: string;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
  dir = mkdtempSync(join(tmpdir(), 'steward-history-'));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await server.close();
});

const write = (name: string, content: string | Uint8Array) => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

const run = (files: string[], more: object = {}, key = server.ownerKey()) =>
  perform(
    importLog,
    localContext({
      now: systemClock,
      config: readConfig({ STEWARD_URL: server.url(), STEWARD_KEY: key }),
      log: openLog('silent'),
    }),
    { files, client: 'acme', ...more },
  );

const ask = async <T>(name: string, input: object): Promise<T> => {
  const { status, text, json } = await server.ask(name, { client: 'Acme', ...input }, acme.key);
  if (status !== 200) throw new Error(`${name}: ${text}`);
  return json as unknown as T;
};
interface Trace {
  traceId: string;
  costUsd: number;
  status: string;
}
const list = (input: object) =>
  wholeList((more) =>
    ask<{ traces: Trace[]; next: string | null; lookedBackTo: string | null }>('telemetry.traces', { ...input, ...more }),
  );
interface Point {
  at: string;
  value: number | null;
}
const jsonl = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

// OpenAI made o3 cheaper in June 2025.
const MAY = Date.parse('2025-05-01T10:00:00Z');
const AUGUST = Date.parse('2025-08-01T10:00:00Z');
const HOUR = 3_600_000;
const long = 'A long answer. '.repeat(500);

/** Twenty calls a month, an hour apart. */
const calls = [MAY, AUGUST].flatMap((start, month) =>
  Array.from({ length: 20 }, (_, n) => ({
    id: `call-${month}-${n}`,
    timestamp: new Date(start + n * HOUR).toISOString(),
    model: 'o3',
    provider: 'openai',
    input: `Where is order ${n}?`,
    output: n === 0 ? long : `On its way, order ${n}`,
    prompt_tokens: 1000,
    completion_tokens: 100,
    latency_s: 1.5,
    error: n === 3 ? 'The tool timed out' : null,
    user_id: `u${n % 3}`,
    session_id: `s${n % 5}`,
    prompt_version: 'v7',
    environment: 'production',
    score: n % 4 === 0 ? 0 : 1,
    'scores.tone': 0.5,
    metadata: { region: 'eu', attempt: n, deep: { flag: true } },
  })),
);

test('a log of last year is a history: times, prices of then, days, timeline, every column', async () => {
  const file = write('support.jsonl.gz', gzipSync(jsonl(calls)));
  const done = await run([file]);
  expect(done).toMatchObject({
    client: { id: acme.id, name: 'Acme' },
    read: 40,
    sent: 40,
    known: 0,
    rejected: 0,
    refused: 0,
    refusedBecause: [],
    from: '2025-05-01T10:00:00.000Z',
    to: '2025-08-02T05:00:00.000Z',
    workflows: ['support'],
  });
  expect(done.assumptions.join('\n')).toMatch(/No workflow column: the calls go to the workflow "support"/);

  const period = { from: '2025-04-01T00:00:00Z', to: '2025-09-01T00:00:00Z' };
  const traces = await list({ ...period, limit: 100 });
  const [first, then] = [traces.at(-1)!, traces[0]!];
  expect(first).toMatchObject({ startedAt: '2025-05-01T10:00:00.000000Z', durationMs: 1500, workflow: 'support', user: 'u0' });
  expect(first.costUsd / then.costUsd).toBeCloseTo(5, 5);
  const failed = traces.filter(({ status }) => status === 'error');
  expect(failed).toHaveLength(2);
  expect(await ask('telemetry.trace', { traceId: failed[0]!.traceId })).toMatchObject({
    spans: [{ statusMessage: 'The tool timed out' }],
  });

  const { spans } = await ask<{ spans: object[] }>('telemetry.trace', { traceId: first.traceId });
  expect(spans).toMatchObject([
    {
      kind: 'generation',
      model: 'o3',
      provider: 'openai',
      inputTokens: 1000,
      outputTokens: 100,
      session: 's0',
      environment: 'production',
      promptVersion: 'v7',
      input: 'Where is order 0?',
      output: long,
      attributes: {
        id: 'call-0-0',
        'metadata.region': 'eu',
        'metadata.attempt': 0,
        'metadata.deep.flag': true,
        'steward.import.file': 'support.jsonl.gz',
        'steward.import.row': 1,
      },
      scores: expect.arrayContaining([
        expect.objectContaining({ name: 'score', value: 0 }),
        expect.objectContaining({ name: 'tone', value: 0.5 }),
      ]) as unknown,
    },
  ]);

  const days = async (metric: string) => {
    const { series } = await ask<{ series: { points: Point[] }[] }>('telemetry.metrics', { metric, ...period, bucket: 'day' });
    return series[0]?.points.map(({ at, value }) => [at.slice(0, 10), value]);
  };
  const perDay = [
    ['2025-05-01', 14],
    ['2025-05-02', 6],
    ['2025-08-01', 14],
    ['2025-08-02', 6],
  ];
  expect(await days('runs')).toEqual(perDay);
  expect(await days('inputTokens')).toEqual(perDay.map(([day, n]) => [day, Number(n) * 1000]));
  expect((await days('costUsd'))?.map(([, value]) => Number(value).toFixed(4))).toHaveLength(4);

  const { points } = await ask<{ points: Point[] }>('workflows.timeline', { workflow: 'support', metric: 'runs', ...period });
  expect(points.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(40);
});

test('messages stay a conversation, a whole response gives its answer, and calls of one trace stand together', async () => {
  const rows = [0, 1, 2, 3].map((n) => ({
    request_id: `req-${n}`,
    trace_id: `run-${Math.floor(n / 2)}`,
    created: (MAY + n * HOUR) / 1000,
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: `Question ${n}` },
    ],
    response: {
      model: 'gpt-4o-2024-08-06',
      choices: [{ message: { role: 'assistant', content: `Answer ${n}, and a kind one` }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 500, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 100 } },
      system_fingerprint: 'fp_1',
    },
  }));
  const done = await run([write('chats.jsonl', jsonl(rows))], { workflow: 'chats' });
  expect(done).toMatchObject({ sent: 4, refused: 0 });
  const traces = await list({ workflow: 'chats', from: '2025-04-01T00:00:00Z' });
  expect(traces).toHaveLength(2);
  const { spans } = await ask<{ spans: { input: string }[] }>('telemetry.trace', { traceId: traces[1]!.traceId });
  expect(spans).toMatchObject([
    {
      model: 'gpt-4o-2024-08-06',
      output: 'Answer 0, and a kind one',
      finishReasons: ['stop'],
      inputTokens: 500,
      cachedInputTokens: 100,
      attributes: { trace_id: 'run-0', request_id: 'req-0', 'response.system_fingerprint': 'fp_1' },
    },
    { output: 'Answer 1, and a kind one' },
  ]);
  expect(JSON.parse(spans[0]!.input)).toEqual(rows[0]!.messages);
});

test('what is there already counts once: the same file, in another file, and after a restart', async () => {
  const file = write('support.jsonl.gz', gzipSync(jsonl(calls)));
  const more = { ...calls[0], id: 'call-new', timestamp: '2025-05-03T10:00:00Z' };
  const longer = write('support-all.jsonl', jsonl([more, ...calls]));
  expect(await run([file])).toMatchObject({ read: 40, sent: 0, known: 40 });
  await server.restart();
  expect(await run([longer], { workflow: 'support' })).toMatchObject({ read: 41, sent: 1, known: 40 });
  // 45 calls, and the two scores that 41 of them bear.
  expect(await ask('telemetry.ledger', {})).toMatchObject({ received: 127, stored: 127, deduplicated: 0, balanced: true });
});

test('without ids, a row is known by its file and its place there; broken rows are written beside it', async () => {
  const rows = Array.from(
    { length: 30 },
    (_, n) => `${new Date(MAY + n * HOUR).toISOString()},gpt-4o,question ${n % 2},the answer is ${n % 2},0.2,"1,5"`,
  );
  const text = ['time,model,question,answer,cost_usd,latency_s', ...rows, 'never,gpt-4o,q,a,1,1'].join('\n');
  const file = write('plain.csv', text);
  const own = { client: 'Acme', workflow: 'plain' };
  expect(await run([file], own)).toMatchObject({
    read: 31,
    sent: 30,
    known: 0,
    rejected: 1,
    rejectedFiles: [`${file}.rejected.jsonl`],
  });
  expect(readFileSync(`${file}.rejected.jsonl`, 'utf8')).toMatch(/"line":32,"reason":"a time that cannot be read"/);
  // A copy of the file, under another name: the same bytes.
  expect(await run([write('copy.csv', text)], own)).toMatchObject({ sent: 0, known: 30 });
  const traces = await list({
    workflow: 'plain',
    from: '2025-05-01T00:00:00Z',
    limit: 1,
  });
  const { totals } = await ask<{ totals: object }>('telemetry.trace', { traceId: traces[0]!.traceId });
  expect(totals).toMatchObject({ costUsd: 0.2 });
});

test('a key of the client imports by itself; one that may not read is told what was not looked up', async () => {
  const file = write('own.jsonl', jsonl(calls.slice(0, 20).map((call) => ({ ...call, id: `own-${call.id}` }))));
  const { key } = await server.key(acme.id, ['ingest']);
  expect(await run([file], {}, key)).toMatchObject({ sent: 20, known: null });
  expect(await run([file], {}, acme.key)).toMatchObject({ sent: 0, known: 20 });
  await server.client('Globex');
  await expect(run([file], { client: 'Globex' }, acme.key)).rejects.toThrow('There is no client "Globex" for this key');
  const { keys } = (await server.ask('keys.list', { client: 'Acme' })).json as unknown as {
    keys: { name: string; revokedAt: string | null }[];
  };
  const made = keys.filter(({ name }) => name === 'steward import');
  expect(made.length).toBeGreaterThan(0);
  expect(made.filter(({ revokedAt }) => revokedAt === null)).toEqual([]);
});

test('what cannot be a history is said before anything is sent', async () => {
  const timeless = write('timeless.csv', 'model,output\ngpt-4o,one answer that is long\ngpt-4o,another answer here\n');
  await expect(run([timeless])).rejects.toThrow('No time was found');
  await expect(run([join(dir, 'nowhere.csv')])).rejects.toThrow('There is no file');
  await expect(run([timeless], { client: 'Nobody' })).rejects.toThrow('There is no client "Nobody"');
});
