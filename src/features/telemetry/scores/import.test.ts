import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { perform } from '../../../platform/operation.ts';
import { eventually, quiet } from '../../../stores/testing/temp.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { importScores } from './import.ts';

/** Labels of a file, into a real server and out of it again. */

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
let dir: string;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
  dir = mkdtempSync(join(tmpdir(), 'steward-labels-'));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await server.close();
});

const traceIdOf = (n: number) => n.toString(16).padStart(32, 'c');
const spanIdOf = (n: number) => n.toString(16).padStart(16, 'b');

function write(name: string, content: string | Uint8Array) {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}
const run = (file: string, more: object = {}, key = acme.key) => {
  const config = readConfig({ STEWARD_URL: server.url(), STEWARD_KEY: key });
  return perform(importScores, localContext({ now: systemClock, config, log: quiet }), {
    files: [file],
    client: 'acme',
    ...more,
  });
};
interface Listed {
  scores: { traceId: string; spanId: string | null; name: string; value: number | null; label: string | null; source: string }[];
}
const scores = async (input: object) => {
  await server.settled();
  return ((await server.ask('scores.list', { client: 'Acme', limit: 1000, ...input }, acme.key)).json as unknown as Listed)
    .scores;
};

test('labels of a spreadsheet stand at their traces and spans, each once, however often the file is sent', async () => {
  const rows = [
    `${traceIdOf(1)},,yes,4.5,2026-03-01T10:00:00Z,"good, and short"`,
    `${traceIdOf(2).toUpperCase()},${spanIdOf(2)},true,0,2026-03-01 11:00:00,`,
    `not-a-trace,,1,1,2026-03-01,`,
    `${traceIdOf(3)},short,1,1,2026-03-01,`,
    `${traceIdOf(4)},,,1,2026-03-01,`,
    `${traceIdOf(5)},,1,1,yesterday,`,
  ];
  const file = write('labels.csv', ['trace_id,span_id,correct,stars,labelled_at,comment', ...rows].join('\n'));
  const done = await run(file, { source: 'person' });
  expect(done).toMatchObject({
    read: 6,
    sent: 2,
    rejected: 4,
    because: [
      { file: 'labels.csv', row: 3, why: expect.stringContaining('trace id') as string },
      { row: 4, why: expect.stringContaining('span id') as string },
      { row: 5, why: 'there is no value' },
      { row: 6, why: expect.stringContaining('time') as string },
    ],
    columns: expect.arrayContaining([{ file: 'labels.csv', field: 'value', column: 'correct' }]) as unknown[],
  });
  await run(file, { source: 'person' });
  await run(file, { name: 'stars', map: ['value=stars'] });
  await eventually(async () => (await scores({})).length >= 5);
  const found = await scores({});
  // Of the rows without a verdict one has stars.
  expect(found).toHaveLength(5);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        traceId: traceIdOf(1),
        spanId: null,
        name: 'correct',
        label: 'yes',
        source: 'person',
        explanation: 'good, and short',
        at: expect.stringContaining('2026-03-01') as string,
      }),
      expect.objectContaining({ traceId: traceIdOf(2), spanId: spanIdOf(2), name: 'correct', value: 1, label: 'true' }),
      expect.objectContaining({ traceId: traceIdOf(1), name: 'stars', value: 4.5, source: 'ground_truth' }),
    ]),
  );
});

test('lines of JSON, packed, with fields inside each other; more of them than one request takes', async () => {
  const lines = Array.from({ length: 2345 }, (_, n) =>
    JSON.stringify({ trace: { id: traceIdOf(1000 + n) }, name: 'intent', label: n % 2 ? 'refund' : 'parcel', judge: 'End user' }),
  );
  const file = write('labels.jsonl.gz', gzipSync(lines.join('\n')));
  expect(await run(file, { map: ['traceId=trace.id'] })).toMatchObject({ read: 2345, sent: 2345, rejected: 0 });
  await eventually(async () => (await scores({ name: 'intent' })).length === 1000);
  expect(await scores({ traceId: traceIdOf(3000) })).toMatchObject([{ label: 'parcel', source: 'end_user' }]);
});

test.each([
  ['which is the trace is not known', 'a,b\n1,2\n', {}, /No column of "x.csv" is traceId.*--map traceId=COLUMN.*a, b/],
  ['a column is not there', 'trace_id,score\n1,2\n', { map: ['value=stars'] }, /no column "stars"/],
  ['a field is none', 'trace_id,score\n1,2\n', { map: ['colour=red'] }, /FIELD=COLUMN/],
  ['the client is none', 'trace_id,score\n1,2\n', { client: 'nobody' }, /no such client/],
])('said before anything is sent: %s', async (_, content, more, words) => {
  await expect(run(write('x.csv', content), more)).rejects.toThrow(words);
});
