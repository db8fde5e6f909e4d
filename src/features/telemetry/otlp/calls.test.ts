import { expect, test } from 'vitest';
import { callsOfExport, scoresOfExport } from './index.ts';
import { attributes, event, span, SPAN, START, TRACE, traces } from './testing/body.ts';

const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.response.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 7,
  'user.id': 'u',
};

test('calls are flat records; wrappers and tools are left out, and identifiers do not matter', () => {
  const wrapper = span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 7 });
  const document = traces([wrapper, span(call, { traceId: undefined, spanId: 'x' })], { 'service.name': 'shop' });
  expect(callsOfExport(document)).toEqual([
    {
      timestamp: '2026-11-21T00:43:03.834Z',
      workflow: 'shop',
      latency_s: 1,
      error: '',
      model: 'gpt-4o',
      input: null,
      output: null,
      input_tokens: 7,
      output_tokens: null,
      cost_usd: null,
      user: 'u',
      session: null,
      prompt_version: null,
      finish_reason: null,
      span_id: null,
    },
  ]);
});

test('what failed says why', () => {
  const failed = traces([span(call, { status: { code: 'STATUS_CODE_ERROR', message: 'rate limit' } })]);
  expect(callsOfExport(failed)).toMatchObject([{ error: 'rate limit' }]);
});

test('what no field takes stands beside the call, of the span and of its resource', () => {
  const bearing = span({ ...call, 'customer.tier': 'gold', 'retrieval.hits': 3, 'session.id': 's', note: 'x'.repeat(300) });
  const document = traces([bearing], { 'deployment.environment.name': 'staging', 'cloud.region': 'eu', 'process.pid': 7 });
  const [row] = callsOfExport(document);
  expect(row).toMatchObject({ environment: 'staging', session: 's', resource: { 'cloud.region': 'eu' } });
  expect(row!['attributes']).toEqual({ 'customer.tier': 'gold', 'retrieval.hits': 3 });
});

const evaluated = (name: string, score: object) =>
  event('gen_ai.evaluation.result', { 'gen_ai.evaluation.name': name, ...score });
const right = { 'gen_ai.evaluation.score.value': 1 };
const ids = (id: number, parent?: number) => ({
  spanId: id.toString(16).padStart(16, '0'),
  ...(parent && { parentSpanId: parent.toString(16).padStart(16, '0') }),
});
const later = { startTimeUnixNano: '1795221783934000000' };

test('scores are those of the span, by whichever convention', () => {
  const both = span(
    { ...call, 'annotation.name': 'tone', 'annotation.label': 'good' },
    { events: [evaluated('correct', right)] },
  );
  expect(callsOfExport(traces([both]))).toMatchObject([{ scores: { correct: 1, tone: 'good' } }]);
});

test('what scores an agent scores the call that gave its answer, and no judge', () => {
  const agent = span({ 'gen_ai.operation.name': 'invoke_agent' }, { ...ids(1), events: [evaluated('correct', right)] });
  const judge = span({ 'openinference.span.kind': 'EVALUATOR' }, { ...ids(8), events: [evaluated('tone', right)] });
  const calls = [
    span(call, { ...ids(3, 1), ...later }),
    span(call, ids(2, 1)),
    span(call, { ...ids(9, 8), ...later, startTimeUnixNano: '1795221784934000000' }),
  ];
  const scores = callsOfExport(traces([agent, judge, ...calls])).map((row) => row['scores']);
  expect(scores).toEqual([{ correct: 1, tone: 1 }, undefined, undefined]);
});

test('a circle of parents ends', () => {
  const circle = [span({}, { ...ids(1, 2), events: [evaluated('x', right)] }), span(call, ids(2, 1))];
  expect(callsOfExport(traces(circle))).toMatchObject([{ scores: { x: 1 } }]);
});

test('scores in log records find their span, or the answer that they name', () => {
  const record = (fields: object, of: object) => ({
    eventName: 'gen_ai.evaluation.result',
    timeUnixNano: START,
    ...fields,
    attributes: attributes({ 'gen_ai.evaluation.name': 'correct', ...right, ...of }),
  });
  const logs = {
    resourceLogs: [
      {
        scopeLogs: [{ logRecords: [record({ traceId: TRACE, spanId: SPAN }, {}), record({}, { 'gen_ai.response.id': 'r2' })] }],
      },
    ],
  };
  const spans = [span(call), span({ ...call, 'gen_ai.response.id': 'r2' }, ids(2)), span(call, ids(3))];
  const found = callsOfExport(traces(spans), scoresOfExport(logs)).map((row) => row['scores']);
  expect(found).toEqual([{ correct: 1 }, { correct: 1 }, undefined]);
});

test.each([null, [], 'x', { resourceSpans: 7 }])('%j is no export, and the reader is told', (document) => {
  expect(() => callsOfExport(document)).toThrow('not an OTLP export');
});
