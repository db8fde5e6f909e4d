import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shipped } from '../../../platform/paths.ts';
import { ENDING } from './endings.ts';
import { hour, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

test('OpenAI chat completions: request and response as they went over the wire', async () => {
  const logged = (i: number) => ({
    created_at: hour(i),
    request: {
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: `question ${i}` },
      ],
    },
    response: {
      model: 'gpt-4o-2024-08-06',
      choices: [{ index: 0, message: { role: 'assistant', content: `answer ${i}` }, finish_reason: i === 3 ? 'length' : 'stop' }],
      usage: { prompt_tokens: 10 + i, completion_tokens: 5 },
    },
    latency_ms: 1500,
  });
  const { calls, fields } = await reader.read(reader.write('openai.jsonl', lines(times(12, logged))));
  expect(fields).toMatchObject({ outputTokens: 'response.usage.completion_tokens', finish: 'response.choices.0.finish_reason' });
  expect(calls[2]).toMatchObject({
    model: 'gpt-4o-2024-08-06',
    input: 'question 2',
    output: 'answer 2',
    input_tokens: 12,
    latency_s: 1.5,
  });
  expect(calls.map(({ ending }) => ending)).toEqual(times(12, (i) => (i === 3 ? ENDING.cut : ENDING.unknown)));
});

test('OpenAI stored completions: created in seconds, choices at the top', async () => {
  const stored = (i: number) => ({
    id: `chatcmpl-${i}`,
    object: 'chat.completion',
    created: Date.parse(hour(i)) / 1000,
    model: 'gpt-4o',
    choices: [{ message: { role: 'assistant', content: `answer ${i}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  });
  const { calls } = await reader.read(reader.write('stored.json', JSON.stringify({ object: 'list', data: times(12, stored) })));
  expect(calls[4]).toMatchObject({ at: hour(4), output: 'answer 4', input_tokens: 7, output_tokens: 3 });
});

const observation = (i: number) => ({
  id: `obs-${i}`,
  traceId: `trace-${i}`,
  type: 'GENERATION',
  name: 'answer-question',
  startTime: hour(i),
  endTime: new Date(Date.parse(hour(i)) + 2500).toISOString(),
  model: 'gpt-4o',
  input: [{ role: 'user', content: `question ${i}` }],
  output: { role: 'assistant', content: `answer ${i}` },
  level: i === 5 ? 'ERROR' : 'DEFAULT',
  usage: { input: 20, output: 8, total: 28, unit: 'TOKENS' },
  usageDetails: { input: 20, output: 8, total: 28 },
  costDetails: { total: 0.002 },
  calculatedTotalCost: 0.002,
  promptName: 'qa',
  promptVersion: i < 8 ? 1 : 2,
});

test('Langfuse observations as JSON', async () => {
  const { calls, fields } = await reader.read(reader.write('observations.json', JSON.stringify(times(12, observation))));
  expect(fields).toMatchObject({ time: 'startTime', endTime: 'endTime', error: 'level', cost: 'calculatedTotalCost' });
  expect(calls[5]).toMatchObject({
    input: 'question 5',
    output: 'answer 5',
    error: 1,
    latency_s: 2.5,
    cost_usd: 0.002,
    input_tokens: 20,
  });
  expect(calls[9]).toMatchObject({ prompt_version: '2', error: 0, output_tokens: 8 });
});

test('Langfuse observations as the screen exports them to CSV', async () => {
  const quoted = (value: unknown) => `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"`;
  const row = (i: number) => ({
    id: `o${i}`,
    type: 'GENERATION',
    name: 'qa',
    startTime: hour(i),
    endTime: hour(i),
    latency: 2.5,
    timeToFirstToken: 0.4,
    providedModelName: 'gpt-4o',
    inputUsage: 20,
    outputUsage: 8,
    totalUsage: 28,
    inputCost: 0.001,
    totalCost: 0.002,
    level: 'DEFAULT',
    input: [{ role: 'user', content: `question ${i}` }],
    output: `answer "${i}"`,
    correctness: i % 2,
  });
  const csv = [Object.keys(row(0)).join(','), ...times(12, (i) => Object.values(row(i)).map(quoted).join(','))].join('\n');
  const { calls, fields } = await reader.read(reader.write('observations.csv', csv));
  expect(fields).toMatchObject({ model: 'providedModelName', cost: 'totalCost', latency: 'latency', score: 'correctness' });
  expect(calls[3]).toMatchObject({ output: 'answer "3"', input: 'question 3', latency_s: 2.5, output_tokens: 8, graded: 1 });
});

test('Langfuse traces as JSON, with scores', async () => {
  const trace = (i: number) => ({
    id: `t${i}`,
    timestamp: hour(i),
    name: 'support',
    userId: `u${i}`,
    sessionId: 's1',
    latency: 1.25,
    totalCost: 0.01,
    input: { question: `question ${i}` },
    output: `answer ${i}`,
    scores: [{ name: 'quality', value: i % 2 }],
  });
  const { calls, fields } = await reader.read(reader.write('traces.json', JSON.stringify(times(12, trace))));
  expect(fields).toMatchObject({ score: 'scores.0.value', workflow: 'name', user: 'userId', session: 'sessionId' });
  expect(calls[7]).toMatchObject({ graded: 1, latency_s: 1.25, cost_usd: 0.01, user: 'u7' });
});

test.each([
  ['traces.json', (text: string) => text],
  ['traces.json.gz', (text: string) => gzipSync(text)],
])('a page of Langfuse traces as its API answers, all on one long line: %s', async (name, pack) => {
  const trace = (i: number) => ({
    id: `t${i}`,
    timestamp: hour(i),
    name: 'support',
    output: `answer ${i} ${'so it goes '.repeat(4000)}`,
    scores: [{ name: 'quality', value: i % 2 }],
  });
  const page = JSON.stringify({ data: times(12, trace), meta: { page: 1, totalItems: 12 } });
  const { calls, fields } = await reader.read(reader.write(name, pack(`${page}\n`)));
  expect(fields).toMatchObject({ time: 'timestamp', output: 'output', score: 'scores.0.value' });
  expect(calls.map(({ graded }) => graded)).toEqual(times(12, (i) => i % 2));
});

test('a long first line with others after it is a call, and no document', async () => {
  const call = (i: number) => ({
    time: hour(i),
    output: i === 0 ? 'word '.repeat(80_000) : 'brief',
    items: [{ a: 1 }, { a: 2 }],
  });
  const { calls } = await reader.read(reader.write('long-line.jsonl', lines(times(12, call))));
  expect(calls).toHaveLength(12);
});

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});
const span = (i: number) => ({
  traceId: 'aa',
  name: 'chat gpt-4o',
  startTimeUnixNano: `${Date.parse(hour(i))}000000`,
  endTimeUnixNano: `${Date.parse(hour(i)) + 2000}000000`,
  attributes: [
    attribute('gen_ai.operation.name', 'chat'),
    attribute('gen_ai.response.model', 'gpt-4o'),
    attribute('gen_ai.usage.input_tokens', 11),
    attribute('gen_ai.usage.output_tokens', 4),
    attribute(
      'gen_ai.output.messages',
      JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: `answer ${i}` }] }]),
    ),
  ],
  status: i === 2 ? { code: 2, message: 'rate limited' } : {},
});
const exported = (spans: unknown[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [attribute('service.name', 'support-bot')] },
      scopeSpans: [{ spans: [{ name: 'tool' }, ...spans] }],
    },
  ],
});

test.each([
  ['one document', 'otlp.json', JSON.stringify(exported(times(12, span)), null, 2)],
  ['one document in one line', 'otlp-line.json', JSON.stringify(exported(times(12, span)))],
  ["lines of a collector's file exporter", 'otlp.jsonl', lines(times(12, (i) => exported([span(i)])))],
])('OTLP JSON: %s', async (_, name, content) => {
  const { calls, rejected } = await reader.read(reader.write(name, content));
  expect(rejected).toEqual([]);
  expect(calls).toHaveLength(12);
  expect(calls[2]).toMatchObject({ at: hour(2), model: 'gpt-4o', output: 'answer 2', latency_s: 2, input_tokens: 11, error: 1 });
  expect(calls[3]).toMatchObject({ workflow: 'support-bot', error: 0 });
});

test('Langfuse traces with several scores in a list: each is a score of its own', async () => {
  const rows = times(30, (i) => ({
    id: `t${i}`,
    timestamp: hour(i),
    input: `question ${i}`,
    output: `answer ${i}`,
    scores: [
      ...(i % 3 === 0 ? [{ name: 'hallucination', value: i % 2, comment: 'x' }] : []),
      { name: 'quality', value: i % 5 },
      ...(i === 7 ? [{ name: 'quality', value: null, stringValue: 'good' }] : []),
    ],
  }));
  const { calls, mapping, assumptions } = await reader.read(reader.write('named.jsonl', lines(rows)));
  expect(mapping.fields.score?.name).toBe('scores.quality');
  expect(mapping.scores).toMatchObject([{ name: 'scores.hallucination', label: 'hallucination', worse: 'up' }]);
  expect(calls[4]).toMatchObject({ graded: 4, scores: [null] });
  expect(calls[9]).toMatchObject({ graded: 4, scores: [1] });
  expect(assumptions.join()).toContain('"scores.hallucination" (more is worse) is a metric beside it');
});

test('OTLP JSON: further attributes are segments, and evaluations are scores, wherever they stand', async () => {
  const ids = (i: number) => ({ traceId: 'ab'.repeat(16), spanId: String(i + 1).padStart(16, '0') });
  const told = (i: number) => ({
    ...span(i),
    ...ids(i),
    attributes: [...span(i).attributes, attribute('customer.tier', i % 2 ? 'gold' : 'free')],
    events: [
      {
        name: 'gen_ai.evaluation.result',
        attributes: [
          attribute('gen_ai.evaluation.name', 'helpful'),
          attribute('gen_ai.evaluation.score.label', i % 3 ? 'pass' : 'fail'),
        ],
      },
    ],
  });
  const record = (i: number) => ({
    eventName: 'gen_ai.evaluation.result',
    ...ids(i),
    attributes: [attribute('gen_ai.evaluation.name', 'tone'), attribute('gen_ai.evaluation.score.label', 'yes')],
  });
  const where = (i: number) => ({ attributes: [attribute('deployment.environment.name', i < 15 ? 'staging' : 'production')] });
  const rows = times(30, (i) => ({ resourceSpans: [{ resource: where(i), scopeSpans: [{ spans: [told(i)] }] }] }));
  // Two scores in log records, one before all spans and one behind them.
  const logs = [3, 4].map((i) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record(i)] }] }] }));
  const path = reader.write('told.jsonl', lines([logs[0], ...rows, logs[1]]));
  const { calls, mapping, assumptions, rejected } = await reader.read(path);
  expect(rejected).toEqual([]);
  expect(calls).toHaveLength(30);
  expect(mapping.segments.map(({ name }) => name)).toEqual(['environment', 'attributes.customer.tier']);
  expect(calls[1]).toMatchObject({ segment: ['staging', 'gold'], graded: 1 });
  expect(calls[18]).toMatchObject({ segment: ['production', 'free'], graded: 0 });
  expect(mapping.fields.score?.name).toBe('scores.helpful');
  expect(mapping.scores).toMatchObject([{ name: 'scores.tone', label: 'tone', worse: 'down' }]);
  expect(assumptions).toContain(
    'Of several scores "scores.helpful" is taken for the score, and "scores.tone" is a metric beside it. --map score=COLUMN takes another.',
  );
});

test('OTLP JSON without texts has no answers, whatever else is told of the calls', async () => {
  const bare = (i: number) => ({
    ...span(i),
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.response.model', 'gpt-4o'),
      attribute('url.full', `https://api.example.com/v1/chat/completions?request=${i}`),
    ],
  });
  const { fields } = await reader.read(reader.write('bare.json', JSON.stringify(exported(times(30, bare)))));
  expect(fields.output).toBeUndefined();
  expect(fields.input).toBeUndefined();
});

const fixtures = shipped('src', 'features', 'telemetry', 'otlp', 'fixtures');

test('OTLP JSON as SDKs send it', async () => {
  const bodies = readdirSync(fixtures).filter((name) => /^vercel.*\.json$/.test(name));
  const path = reader.write(
    'sdk.jsonl',
    bodies.map((name) => JSON.stringify(JSON.parse(readFileSync(join(fixtures, name), 'utf8')))).join('\n'),
  );
  const { calls, rejected } = await reader.read(path, { now: new Date('2100-01-01T00:00:00Z') });
  expect(rejected).toEqual([]);
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.every(({ at, model, latency_s }) => at !== null && model !== '' && latency_s !== null)).toBe(true);
});

const said = (i: number) => ['Refund', 'Shipping'][i % 2]!;
const text = (i: number, type = 'text') => [
  { type: 'reasoning', summary: [] },
  { type, text: said(i).slice(0, 3) },
  { type, text: said(i).slice(3) },
];
const messages: [string, (i: number) => unknown][] = [
  ['a message', (i) => ({ role: 'assistant', content: said(i) })],
  ['a message of parts', (i) => ({ role: 'assistant', content: text(i) })],
  ['parts', (i) => text(i)],
  [
    'a list of messages',
    (i) => [
      { role: 'user', content: 'what?' },
      { role: 'assistant', content: said(i) },
    ],
  ],
  ['choices', (i) => ({ choices: [{ index: 0, message: { role: 'assistant', content: said(i) } }] })],
  ['a list of choices', (i) => [{ index: 0, message: { role: 'assistant', content: said(i) }, finish_reason: 'stop' }]],
  ['candidates', (i) => ({ candidates: [{ content: { role: 'model', parts: [{ text: said(i) }] }, finishReason: 'STOP' }] })],
  [
    'a list of output items',
    (i) => [
      { type: 'reasoning', summary: [] },
      { type: 'message', role: 'assistant', content: text(i, 'output_text') },
    ],
  ],
  ['a message as text', (i) => JSON.stringify({ role: 'assistant', content: said(i) })],
];
test.each(messages)('an answer that is %s is its text, and no column', async (_, of) => {
  const rows = times(60, (i) => ({ timestamp: hour(i), tier: i % 3 ? 'a' : 'b', output: of(i) }));
  const { calls, mapping, assumptions } = await reader.read(reader.write('messages.jsonl', lines(rows)));
  expect(calls.map(({ output }) => output).slice(0, 4)).toEqual(times(4, said));
  expect(mapping.segments.map(({ name }) => name)).toEqual(['tier']);
  expect(assumptions.join()).toContain('Most answers are one of "refund", "shipping"');
});

test('a call alone, as a JSON document with its messages, is one call', async () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Where is my parcel?' },
    { role: 'assistant', content: 'It left on Monday.' },
  ];
  const one = await reader.read(reader.write('one.json', JSON.stringify({ model: 'gpt-4o', messages }, null, 2)));
  expect(one.calls).toMatchObject([{ model: 'gpt-4o', input: 'Where is my parcel?', output: 'It left on Monday.' }]);
  expect(one.assumptions.join()).toContain('"messages" holds question and answer');
  const choices = [{ index: 0, finish_reason: 'stop', message: messages[2] }];
  const answer = { id: 'chatcmpl-1', created: 1_780_000_000, model: 'gpt-4o', choices };
  const response = await reader.read(reader.write('response.json', JSON.stringify(answer)));
  expect(response.calls).toMatchObject([{ model: 'gpt-4o', output: 'It left on Monday.' }]);
});

test('an answer that is JSON for a program stays as it is', async () => {
  const answer = (i: number) => ({ type: 'reply', content: said(i), steps: [{ type: 'a' }] });
  const { calls } = await reader.read(
    reader.write('json.jsonl', lines(times(30, (i) => ({ timestamp: hour(i), output: answer(i) })))),
  );
  expect(calls.map(({ output }) => JSON.parse(output) as unknown)).toEqual(times(30, answer));
});

test('columns of which nothing was read are told, and what is inside of those that were is not', async () => {
  const rows = times(30, (i) => ({
    when: hour(i),
    messages: [{ role: 'user', content: `question ${i}` }],
    settings: { temperature: 0.5, seed: null },
    response: { choices: [{ message: { role: 'assistant', content: said(i) } }] },
    Wartung: 1200 + i,
    tier: i % 2 ? 'gold' : 'silver',
    nothing: null,
  }));
  const { unread } = await reader.read(reader.write('unread.jsonl', lines(rows)));
  expect(unread).toEqual(['settings.temperature', 'Wartung']);
});

test('--map names a column by hand', async () => {
  const rows = times(12, (i) => `${hour(i)},some reasoning text here ${i},fine reply ${i}`);
  const path = reader.write('map.csv', ['when,answer,final', ...rows].join('\n'));
  expect((await reader.read(path)).calls[1]!.output).toBe('some reasoning text here 1');
  expect((await reader.read(path, { map: { output: 'final' } })).calls[1]!.output).toBe('fine reply 1');
});

test('columns without telling names are found by what they hold', async () => {
  const rows = times(20, (i) => `${hour(i)},gpt-4o-mini,how do I do thing number ${i},you do thing ${i} like this`);
  const { fields } = await reader.read(reader.write('nameless.csv', rows.join('\n')));
  expect(fields).toEqual({ time: 'column 1', model: 'column 2', input: 'column 3', output: 'column 4' });
});

test('answers that are one of a few labels have that as their form', async () => {
  const labels = ['Refund', 'Shipping', 'Other'];
  const rows = times(100, (i) => ({ time: hour(i), output: i === 50 ? 'I think this is about money' : labels[i % 3] }));
  const { calls, assumptions } = await reader.read(reader.write('labels.jsonl', lines(rows)));
  expect(assumptions).toContainEqual('Most answers are one of "other", "refund", "shipping"; the others count as out of form.');
  expect(calls.filter(({ format_valid }) => format_valid === 0).map(({ row }) => row)).toEqual([50]);
});

test('a message that says nothing is an empty answer, one that calls a tool is none', async () => {
  const messages = [
    { role: 'assistant', content: 'Yes, it is.' },
    { role: 'assistant', content: '' },
    { role: 'assistant', content: null },
    { role: 'assistant', content: null, tool_calls: [{ function: { name: 'search' } }] },
    { role: 'model', parts: [] },
  ];
  const rows = times(25, (i) => ({ timestamp: hour(i), model: 'gpt-4o', input: `question ${i}`, output: messages[i % 5] }));
  const { calls } = await reader.read(reader.write('silent.jsonl', lines(rows)));
  expect(calls.slice(0, 5).map(({ empty }) => empty)).toEqual([0, 1, 1, 0, 1]);
  expect(calls[3]!.output).toContain('search');
});

test('a text before the answer that no name gives away is the question', async () => {
  const rows = times(60, (i) => ({
    time: hour(i),
    source: 'the ticket system of the desk',
    remark: `my parcel ${i} is late`,
    prediction: 'late',
  }));
  const { fields } = await reader.read(reader.write('remarks.jsonl', lines(rows)));
  expect(fields).toMatchObject({ output: 'prediction', input: 'remark' });
});
