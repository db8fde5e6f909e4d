import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

type Sender = Awaited<ReturnType<TestServer['client']>>;
const traceIdOf = (n: number) => n.toString(16).padStart(32, 'f');
const asJson = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` });

const personal = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: 'I am anna@example.com, +49 30 12345678' }]),
  'gen_ai.output.messages': 'Your card 4111 1111 1111 1111 is blocked, EMP-123456',
  'acme.note': 'DE89 3704 0044 0532 0130 00',
  'user.id': 'anna@example.com',
  'steward.workflow': 'mail of anna@example.com',
  'langfuse.environment': 'anna@example.com',
  'langfuse.observation.prompt.name': 'for anna@example.com',
  'annotation.name': 'tone of anna@example.com',
  'annotation.label': 'good',
  'annotation.explanation': 'anna@example.com was pleased',
};
const leaks = ['anna@', '12345678', '4111', 'DE89', 'EMP-123456'];

async function sendPersonal({ key }: Sender, n: number) {
  const sent = span(personal, {
    traceId: traceIdOf(n),
    name: 'mail anna@example.com',
    status: { code: 2, message: 'no route to anna@example.com' },
    events: [
      {
        name: 'exception of anna@example.com',
        timeUnixNano: '1763685784834000000',
        attributes: [{ key: 'exception.message', value: { stringValue: 'bad card 4111111111111111' } }],
      },
    ],
  });
  const body = encodeJson(traces([sent], { 'service.name': 'support', 'host.owner': 'anna@example.com' }));
  expect((await server.send('/v1/traces', { method: 'POST', headers: asJson(key), body })).status).toBe(200);
}

async function shown({ id, key }: Sender, n: number) {
  await server.settled();
  return server.ask('telemetry.trace', { client: id, traceId: traceIdOf(n) }, key);
}

test('what a client does not want to be kept is struck from all of a span, and counted', async () => {
  const acme = await server.client('Acme');
  await sendPersonal(acme, 1);
  expect((await shown(acme, 1)).text).toContain('anna@example.com');

  const own = [{ name: 'staff', pattern: String.raw`EMP-\d+` }];
  const set = await server.ask('redaction.set', { client: 'Acme', patterns: ['email', 'phone', 'card', 'iban'], own });
  expect(set).toMatchObject({ status: 200, json: { own, dropTexts: false } });
  // It holds at once, not some seconds later.
  await sendPersonal(acme, 2);
  const reply = await shown(acme, 2);
  for (const leak of leaks) expect(reply.text).not.toContain(leak);
  expect(reply.json).toMatchObject({
    spans: [
      {
        name: 'mail [email struck]',
        statusMessage: 'no route to [email struck]',
        output: 'Your card [card struck] is blocked, [staff struck]',
        user: expect.stringMatching(/^\[email struck\] [0-9a-f]{12}$/) as string,
        flags: expect.arrayContaining(['struck']) as string[],
        scores: [{ explanation: '[email struck] was pleased' }],
        attributes: {
          'acme.note': '[iban struck]',
          'steward.struck': { email: expect.any(Number) as number, card: 2, iban: 1, staff: 1, phone: 1 },
        },
        resource: { 'host.owner': '[email struck]' },
      },
    ],
  });
  expect((await server.ask('redaction.show', { client: 'Acme' })).json).toMatchObject({
    patterns: ['email', 'phone', 'card', 'iban'],
    struck: [
      { name: 'card', count: 2 },
      { name: 'email' },
      { name: 'iban', count: 1 },
      { name: 'phone', count: 1 },
      { name: 'staff' },
    ],
  });

  const score = { client: 'Acme', traceId: traceIdOf(3), name: 'fit', value: 'a@b.de', source: 'person', explanation: 'c@d.de' };
  expect((await server.ask('scores.create', score)).status).toBe(200);
  await server.settled();
  expect((await server.ask('scores.list', { client: 'Acme', traceId: traceIdOf(3) })).json).toMatchObject({
    scores: [{ label: '[email struck]', explanation: '[email struck]' }],
  });
});

test('texts can be dropped altogether; another client keeps its own', async () => {
  const [globex, initech] = [await server.client('Globex'), await server.client('Initech')];
  await server.ask('redaction.set', { client: 'Globex', dropTexts: true });
  await sendPersonal(globex, 4);
  await sendPersonal(initech, 5);
  const reply = await shown(globex, 4);
  for (const leak of ['12345678', '4111 1111', 'EMP-']) expect(reply.text).not.toContain(leak);
  expect(reply.json).toMatchObject({
    spans: [
      {
        input: null,
        output: null,
        flags: expect.arrayContaining(['texts_dropped']) as string[],
        attributes: { 'acme.note': personal['acme.note'] },
      },
    ],
  });
  expect((await shown(initech, 5)).text).toContain('EMP-123456');
});

test('a pattern is tried before it holds; one that cannot be read is refused', async () => {
  await server.client('Hooli');
  const ask = (name: string, input: object) => server.ask(name, { client: 'Hooli', ...input });
  expect((await ask('redaction.try', { text: 'to a@b.de', patterns: ['email'] })).json).toMatchObject({
    text: 'to [email struck]',
    struck: [{ name: 'email', count: 1 }],
  });
  expect((await ask('redaction.try', { text: 'to a@b.de' })).json).toMatchObject({ text: 'to a@b.de', struck: [] });
  await ask('redaction.set', { patterns: ['email'] });
  expect((await ask('redaction.try', { text: 'to a@b.de' })).json).toMatchObject({ struck: [{ name: 'email', count: 1 }] });
  // What is left out stays as it is.
  expect((await ask('redaction.set', { dropTexts: true })).json).toMatchObject({ patterns: ['email'], own: [], dropTexts: true });
  expect((await ask('redaction.set', { patterns: [] })).json).toMatchObject({ patterns: [], dropTexts: true });
  await ask('redaction.set', { dropTexts: false });
  const refused = await ask('redaction.set', { own: [{ name: 'x', pattern: '(?<=a)b' }] });
  expect(refused).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining('cannot be read') as string } },
  });
  expect((await ask('redaction.set', { own: [{ name: 'Not a name', pattern: 'b' }] })).status).toBe(400);
  expect((await ask('redaction.set', { patterns: ['names'] })).status).toBe(400);
  // Who may only read must not keep the server busy.
  const costly = { own: [{ name: 'long', pattern: 'a{400}' }], text: 'a'.repeat(20_000) };
  expect(await ask('redaction.try', costly)).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining('too long to try') as string } },
  });
  // A text could make these slow.
  for (const pattern of ['a{1000}[bc]', '(?:a{0,9}){0,99}[bc]', '.{0,1000}[bc]'])
    for (const name of ['redaction.try', 'redaction.set'])
      expect(await ask(name, { own: [{ name: 'slow', pattern }], ...(name === 'redaction.try' && { text: 'a' }) })).toMatchObject(
        {
          status: 400,
          json: { error: { message: expect.stringContaining('too costly') as string } },
        },
      );
});
