import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { memoryOf } from '../../../stores/index.ts';
import { enginePid } from '../../../stores/testing/pids.ts';
import { hammer } from '../../../testing/hammer.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { hostileMix, idsPromised, slowRequest } from './testing/requests.ts';

/** A running server, real sockets, and what no decent client sends. `npm run torture fuzz` does the same a hundred times longer. */

const REQUESTS = 20_000;
/** Far above what any request takes: a busy machine must not look like a hang. */
const WITHIN_MS = 60_000;
const MIB = 1024 ** 2;

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
const prototypes = () =>
  [Object.prototype, Array.prototype, Map.prototype].map((prototype) => Object.getOwnPropertyNames(prototype).join());
let before: string[];
beforeAll(async () => {
  before = prototypes();
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(async () => {
  await server.close();
  expect(prototypes()).toEqual(before);
});

test('hostile requests end in an answer, in no 5xx but 503, in bounded memory, and what was promised is there', async () => {
  const rssBytes = () => memoryOf([process.pid, enginePid(server.dataDir)]).rssBytes;
  let most = rssBytes();
  const work = { withinMs: WITHIN_MS, promised: idsPromised, look: () => void (most = Math.max(most, rssBytes())) };
  // Meanwhile some bodies come byte by byte.
  const slow = Array.from({ length: 10 }, (_, n) => slowRequest(acme.key, 3000, n.toString(16).padStart(32, '5')));
  const [fast, late] = await Promise.all([
    hammer(server.url(), { ...work, next: hostileMix(acme.key, 20_261_121, REQUESTS), connections: 8 }),
    hammer(server.url(), { ...work, next: () => slow.pop(), connections: 10 }),
  ]);

  expect(fast.wrong).toEqual([]);
  expect([...late.statuses]).toEqual([[200, 10]]);
  expect(fast.answers).toBe(REQUESTS);
  expect(fast.statuses.get(200)).toBeGreaterThan(REQUESTS / 10);
  // This process is sender and server in one.
  expect(most).toBeLessThan(2048 * MIB);

  const kept = new Set([...fast.kept, ...late.kept]);
  await server.settled();
  expect(new Set(await storedIds())).toEqual(kept);
  expect(server.log.filter((line) => /bug|refuses|cannot be read/.test(line))).toEqual([]);
  expect((await server.ask('telemetry.ledger', { client: 'Acme' })).json).toMatchObject({
    balanced: true,
    kinds: expect.arrayContaining([expect.objectContaining({ kind: 'span', stored: kept.size })]),
  });
  // And it still works.
  expect((await server.send('/ready')).status).toBe(200);
  const traceId = [...kept][0]!.slice(0, 32);
  expect(await server.ask('telemetry.trace', { client: 'Acme', traceId }, acme.key)).toMatchObject({ status: 200 });
});

async function storedIds() {
  await using telemetry = server.telemetry();
  const rows = await telemetry.rows(z.object({ id: z.string() }))('SELECT DISTINCT concat(trace_id, span_id) AS id FROM span');
  return rows.map(({ id }) => id);
}
