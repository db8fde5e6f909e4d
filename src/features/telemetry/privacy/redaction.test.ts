import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../../platform/clock.ts';
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
  'acme.card': 4111111111111111,
  'acme.at': 1763716500000,
  'gen_ai.usage.input_tokens': 4111111111111111,
  'user.id': 'anna@example.com',
  'steward.workflow': 'mail of anna@example.com',
  'langfuse.environment': 'anna@example.com',
  'langfuse.observation.prompt.name': 'for anna@example.com',
  'annotation.name': 'tone of anna@example.com',
  'annotation.label': 'good',
  'annotation.explanation': 'anna@example.com was pleased',
};
const leaks = ['anna@', '12345678', '4111 1111', 'DE89', 'EMP-123456'];

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
          'acme.card': '[card struck]',
          'gen_ai.usage.input_tokens': 4111111111111111,
          'acme.at': 1763716500000,
          'steward.struck': { email: expect.any(Number) as number, card: 3, iban: 1, staff: 1, phone: 1 },
        },
        resource: { 'host.owner': '[email struck]' },
      },
    ],
  });
  expect((await server.ask('redaction.show', { client: 'Acme' })).json).toMatchObject({
    patterns: ['email', 'phone', 'card', 'iban'],
    struck: [
      { name: 'card', count: 3 },
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
  for (const leak of ['12345678', '4111 1111', 'EMP-', 'was pleased']) expect(reply.text).not.toContain(leak);
  expect(reply.json).toMatchObject({
    spans: [
      {
        input: null,
        output: null,
        flags: expect.arrayContaining(['texts_dropped']) as string[],
        statusMessage: null,
        attributes: expect.not.objectContaining({ 'acme.note': personal['acme.note'] }) as object,
        scores: [{ label: 'good', explanation: null }],
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

test('of settings made at once, none is lost', async () => {
  await server.client('Tyrell');
  const set = (input: object) => server.ask('redaction.set', { client: 'Tyrell', ...input });
  const own = [{ name: 'staff', pattern: 'EMP' }];
  for (let pair = 0; pair < 5; pair += 1) {
    // The first time there is nothing yet that one could wait for.
    if (pair > 0) await set({ patterns: [], own: [], dropTexts: false });
    await Promise.all([set({ patterns: ['email'] }), set({ dropTexts: true }), set({ own })]);
    const shown = await server.ask('redaction.show', { client: 'Tyrell' });
    expect(shown.json).toMatchObject({ patterns: ['email'], own, dropTexts: true });
  }
});

const said = 'SAID';
/** Names under which the conventions and client libraries have texts, or others may. */
const wordy = [
  'gen_ai.prompt gen_ai.input.messages gen_ai.prompt.0.content gen_ai.completion.0.content gen_ai.completion.0.tool_calls.0.arguments',
  'llm.input_messages.0.message.content llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments llm.prompts',
  'llm.prompt_template.template llm.prompt_template.variables llm.function_call llm.invocation_parameters input.value output.value',
  'traceloop.entity.input traceloop.entity.output ai.prompt ai.prompt.messages ai.response.text ai.response.toolCalls',
  'ai.response.object ai.response.reasoning ai.response.providerMetadata ai.toolCall.args ai.toolCall.result ai.prompt.tools',
  'gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.system_instructions gen_ai.tool.definitions gen_ai.tool.description',
  'retrieval.documents.0.document.content reranker.input_documents.0.document.content reranker.query',
  'embedding.embeddings.0.embedding.text langfuse.observation.input langfuse.trace.output langfuse.observation.metadata.q',
  'langfuse.observation.status_message db.query.text db.statement tool.parameters mcp.request.argument.x message.content',
  'gen_ai.retrieval.query.text gen_ai.retrieval.documents llm.request.functions.0.description gen_ai.evaluation.explanation',
  'exception.message gen_ai.request.stop_sequences url.full http.target acme.note annotation.explanation',
].flatMap((line) => line.split(' '));

const labels = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.id': 'resp-1',
  'gen_ai.usage.input_tokens': 12,
  'user.id': 'anna',
  'acme.attempt': 3,
  'acme.cached': true,
  'gen_ai.tool.name': 'search',
  'annotation.name': 'tone',
  'annotation.label': 'good',
};

async function sendWordy({ key }: Sender, n: number) {
  const sent = span(
    {
      ...Object.fromEntries(wordy.map((name) => [name, said])),
      'acme.words': [said],
      'gen_ai.agent.name': said.repeat(300),
      ...labels,
    },
    {
      traceId: traceIdOf(n),
      status: { code: 2, message: said },
      events: ['gen_ai.user.message', `it was ${said}`].map((name) => ({
        name,
        timeUnixNano: '1763685784834000000',
        attributes: ['content', 'gen_ai.event.content', 'body'].map((key) => ({ key, value: { stringValue: said } })),
      })),
    },
  );
  const records = [
    { eventName: 'gen_ai.user.message', body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: said } }] } } },
    { eventName: `it was ${said}`, body: { stringValue: said } },
  ].map((record) => ({
    ...record,
    timeUnixNano: `${Date.now()}000000`,
    attributes: ['content', 'gen_ai.input.messages'].map((key) => ({ key, value: { stringValue: said } })),
  }));
  const headers = asJson(key);
  for (const [path, body] of [
    ['/v1/traces', encodeJson(traces([sent]))],
    ['/v1/logs', JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] })],
  ] as const)
    expect((await server.send(path, { method: 'POST', headers, body })).status).toBe(200);
  const score = { traceId: traceIdOf(n), name: 'fit', value: 0.5, source: 'person', explanation: said };
  expect((await server.ask('scores.create', { client: 'Cyberdyne', ...score })).status).toBe(200);
  await server.settled();
}

test('of what may be a text, neither dropping texts nor their retention leaves any; names, ids and numbers stay', async () => {
  const client = await server.client('Cyberdyne');
  const ask = (name: string, input: object) => server.ask(name, { client: 'Cyberdyne', ...input });
  const kept = async (n: number) => {
    const trace = await ask('telemetry.trace', { traceId: traceIdOf(n) });
    expect(trace.json).toMatchObject({
      spans: [
        {
          user: 'anna',
          model: 'gpt-4o',
          attributes: labels,
          scores: [
            { name: 'tone', label: 'good' },
            { name: 'fit', value: 0.5 },
          ],
        },
      ],
    });
    return [trace.text, (await ask('telemetry.logs', {})).text, (await ask('scores.list', { traceId: traceIdOf(n) })).text];
  };
  await ask('redaction.set', { dropTexts: true });
  await sendWordy(client, 6);
  for (const text of await kept(6)) expect(text).not.toContain(said);
  await ask('redaction.set', { dropTexts: false });
  await sendWordy(client, 7);
  for (const text of await kept(7)) expect(text).toContain(said);
  await ask('retention.set', { kind: 'texts', days: 5 });
  server.later(6 * DAY_MS);
  await server.runDueJobs();
  for (const text of await kept(7)) expect(text).not.toContain(said);
});
