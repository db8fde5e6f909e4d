import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

const traceIdOf = (n: number) => n.toString(16).padStart(32, 'c');
const iso = (ms: number) => new Date(ms).toISOString();
/** How many scores a chart of days counts, and their sum. */
async function charted(client: string, more: object = {}) {
  const [from, to] = [iso(Date.now() - 400 * DAY_MS), iso(Date.now() + 3 * DAY_MS)];
  const { json, status } = await server.ask('telemetry.metrics', { client, metric: 'score', bucket: 'day', from, to, ...more });
  expect(status).toBe(200);
  const { series } = json as unknown as { series: { points: { value: number; n: number }[] }[] };
  const points = series.flatMap((one) => one.points);
  const total = points.reduce((sum, { value, n }) => sum + value * n, 0);
  return [points.reduce((sum, { n }) => sum + n, 0), Math.round(total * 1e6) / 1e6];
}
async function nextNight() {
  server.later(DAY_MS);
  await server.runDueJobs();
}

test('a score sent again so late that nobody knew it is counted once after the night, wherever it lay before', async () => {
  await server.client('Late');
  const score = (n: number, value: number, days: number) => ({
    id: `l${n}`,
    traceId: traceIdOf(n),
    name: 'fit',
    source: 'ground_truth',
    at: iso(Date.now() - days * DAY_MS),
    value,
  });
  const send = async (scores: object[]) => {
    expect((await server.ask('scores.createMany', { client: 'Late', scores })).status).toBe(200);
    await server.settled();
  };
  server.later(-3 * HOUR_MS);
  await send([score(1, 0, 5), score(2, 1, 5), score(3, 1, 400)]);
  server.later(3 * HOUR_MS);
  await server.restart();
  await send([score(1, 1, 5), score(3, 0, 4)]);
  await nextNight();
  expect(await charted('Late', { from: iso(Date.now() - 500 * DAY_MS) })).toEqual([3, 2]);
});

test('a corrected score counts as what it was said last, also where it is looked for by what it was before', async () => {
  await server.client('Corrected');
  const score = { client: 'Corrected', id: 'l1', traceId: traceIdOf(1), source: 'person', at: iso(Date.now() - DAY_MS) };
  for (const said of [
    { name: 'fit', value: 0.2 },
    { name: 'form', value: 0.9 },
  ]) {
    expect((await server.ask('scores.create', { ...score, ...said })).status).toBe(200);
    await server.settled();
  }
  const { id } = (await server.ask('scores.create', { ...score, id: 'l2', name: 'fit', value: 0.3 })).json as never as {
    id: string;
  };
  await server.settled();
  await server.ask('scores.create', { ...score, id, name: 'fit', value: 'cannot say' });
  await server.settled();
  expect(await charted('Corrected', { scoreBelow: 0.5 })).toEqual([0, 0]);
  expect(await charted('Corrected', { scoreName: 'fit' })).toEqual([0, 0]);
  expect(await charted('Corrected')).toEqual([1, 0.9]);
  await nextNight();
  expect(await charted('Corrected')).toEqual([1, 0.9]);
});

test('what an older release summed up of numbers and times beyond all measure is put right in the night', async () => {
  const { id } = await server.client('Old');
  await server.ask('scores.create', { client: 'Old', traceId: traceIdOf(1), name: 'fit', source: 'rule', value: 1 });
  await server.settled();
  const today = `toStartOfDay(toDateTime('${iso(Date.now()).slice(0, 19)}', 'UTC'))`;
  const telemetry = server.telemetry();
  for (const [day, sum] of [
    [today, 'inf'],
    [`toDateTime('2014-01-05 00:00:00', 'UTC')`, '1'],
  ])
    await telemetry.command(`INSERT INTO score_day SELECT '${id}', ${day}, 'fit', '', 'rule', 1, ${sum}, ${sum}, 1, 0`);
  for (const [n, at] of ['2150-01-01T00:00:00Z', '1955-01-01T00:00:00Z', iso(Date.now())].entries())
    await telemetry.insert('score', [
      {
        client_id: id,
        id: `o${n}`,
        trace_id: traceIdOf(n),
        name: 'fit',
        value: n === 2 ? 1e200 : 1,
        at,
        received_at: iso(Date.now()),
      },
    ]);
  expect((await charted('Old'))[0]).toBe(2);
  await nextNight();
  expect(await charted('Old')).toEqual([1, 1]);
  expect(await charted('Old', { from: '2014-01-01T00:00:00Z', to: '2014-02-01T00:00:00Z' })).toEqual([0, 0]);
});
