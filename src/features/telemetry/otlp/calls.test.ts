import { expect, test } from 'vitest';
import { callsOfExport } from './index.ts';
import { span, traces } from './testing/body.ts';

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
    },
  ]);
});

test('what failed says why', () => {
  const failed = traces([span(call, { status: { code: 'STATUS_CODE_ERROR', message: 'rate limit' } })]);
  expect(callsOfExport(failed)).toMatchObject([{ error: 'rate limit' }]);
});

test.each([null, [], 'x', { resourceSpans: 7 }])('%j is no export, and the reader is told', (document) => {
  expect(() => callsOfExport(document)).toThrow('not an OTLP export');
});
