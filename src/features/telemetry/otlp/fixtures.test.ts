import { describe, expect, test } from 'vitest';
import { countedSpans, decodeTraces, decompress, traceTotals, type Span } from './index.ts';
import { fixture } from './testing/documents.ts';

/** Bodies as real clients sent them, and what they must come to. */

async function spansOf(...names: string[]): Promise<Span[]> {
  const all: Span[] = [];
  for (const name of names) {
    const plain = await decompress(fixture(name), name.endsWith('.gz') ? 'gzip' : undefined);
    if (!plain.ok) throw new Error(plain.message);
    const decoded = decodeTraces(plain.body, name.endsWith('.json') ? 'json' : 'protobuf');
    expect(decoded).toMatchObject({ ok: true, rejected: 0 });
    if (decoded.ok) all.push(...decoded.items);
  }
  return all;
}

const series = (client: string, count: number) => Array.from({ length: count }, (_, i) => `${client}-${i + 1}.json`);
const tokens = ({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens }: Span) => [
  inputTokens,
  cachedInputTokens,
  outputTokens,
  reasoningTokens,
];
const kinds = (spans: readonly Span[]) => spans.map(({ kind }) => kind);

describe('Vercel AI SDK 4', async () => {
  const spans = await spansOf(...series('vercel-ai-4', 4));
  const [first, tool, second, root] = spans as [Span, Span, Span, Span];

  test('two generations and a tool; cached tokens only in the provider metadata', () => {
    expect(kinds(spans)).toEqual(['generation', 'tool', 'generation', 'span']);
    expect(tokens(first)).toEqual([100, 40, 20, 5]);
    expect(tokens(second)).toEqual([150, null, 30, null]);
  });

  test('the root repeats its last step and is not costed', () => {
    expect(tokens(root)).toEqual([150, null, 30, null]);
    expect(countedSpans(spans)).toEqual([first, second]);
    expect(traceTotals(spans)).toEqual({ inputTokens: 250, cachedInputTokens: 40, outputTokens: 50, reasoningTokens: 5 });
  });

  test('who, which model, what was said', () => {
    expect(first).toMatchObject({ user: 'u1', session: 's1', provider: 'openai', tags: ['x'], responseId: 'r1' });
    expect(first).toMatchObject({ requestModel: 'gpt-4o', model: 'gpt-4o-2024-08-06', finishReasons: ['tool-calls'] });
    expect(tool).toMatchObject({ input: '{"city":"Paris"}', output: '{"t":57}' });
    expect(second.output).toBe('rainy');
    expect(root).toMatchObject({ parentSpanId: null, workflow: 'unknown_service:node' });
  });
});

test('Vercel AI SDK 5: cached tokens that the SDK does not report are unknown, not zero', async () => {
  const spans = await spansOf(...series('vercel-ai-5', 4));
  expect(kinds(spans)).toEqual(['generation', 'tool', 'generation', 'span']);
  expect(spans.map(tokens)).toEqual([
    [100, null, 20, null],
    [null, null, null, null],
    [150, null, 30, null],
    [150, null, 30, null],
  ]);
  expect(traceTotals(spans)).toEqual({ inputTokens: 250, cachedInputTokens: null, outputTokens: 50, reasoningTokens: null });
});

test('Vercel AI SDK 7: the agent says 250/50 in sum and is not counted beside its calls', async () => {
  const spans = await spansOf(...series('vercel-ai-7-otel', 6));
  expect(kinds(spans)).toEqual(['generation', 'tool', 'chain', 'generation', 'chain', 'agent']);
  const agent = spans.at(-1)!;
  expect(agent).toMatchObject({ inputTokens: 250, outputTokens: 50, costable: false, scope: { name: 'gen_ai' } });
  expect(traceTotals(spans)).toEqual({ inputTokens: 250, cachedInputTokens: 40, outputTokens: 50, reasoningTokens: null });
  // Were the calls lost, the agent would stand for them, once.
  expect(countedSpans(spans.filter(({ kind }) => kind !== 'generation'))).toEqual([agent]);
  expect(JSON.parse(agent.input!)).toEqual([
    { role: 'system', parts: [{ type: 'text', content: 'be nice' }] },
    { role: 'user', parts: [{ type: 'text', content: 'weather?' }] },
  ]);
});

test('OpenInference: 100 prompt tokens include 40 cached ones, 20 of completion include 5 of reasoning', async () => {
  const [span] = await spansOf('openinference-openai-1.pb');
  expect(tokens(span!)).toEqual([100, 40, 20, 5]);
  expect(span).toMatchObject({
    kind: 'generation',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    workflow: 'proj-a',
    flags: [],
  });
  expect(JSON.parse(span!.input!)).toEqual([
    { role: 'system', content: 'be nice' },
    { role: 'user', content: 'hi' },
  ]);
  expect(span!.output).toBe('[{"role":"assistant","content":"hello"}]');
});

test('Traceloop’s own SDK: workflow, task and tool around a call; user and session by its associations', async () => {
  const spans = await spansOf('traceloop-sdk-0.27-1.pb');
  expect(kinds(spans)).toEqual(['tool', 'chain', 'chain', 'generation']);
  for (const span of spans) expect(span).toMatchObject({ user: 'u1', session: 's1', workflow: 'shop' });
  expect(countedSpans(spans)).toEqual([spans[3]]);
  expect(traceTotals(spans)).toEqual({ inputTokens: 100, cachedInputTokens: null, outputTokens: 20, reasoningTokens: null });
  expect(spans[0]).toMatchObject({ name: 'lookup.tool', output: '{"sky":"rainy"}' });
});

test('Phoenix', async () => {
  const [span] = await spansOf('phoenix-otel-2.1-1.pb');
  expect(span).toMatchObject({ kind: 'generation', model: 'gpt-4o', inputTokens: 10, outputTokens: null, workflow: 'proj-a' });
});

test('OpenTelemetry: the same span as protobuf, as JSON and gzipped', async () => {
  const spans = await spansOf('otel-js-exporters-1.pb', 'otel-js-exporters-2.json', 'otel-js-exporters-3.pb.gz');
  const said = spans.map(({ attributes, kind, inputTokens, finishReasons, scores, flags }) => ({
    attributes,
    kind,
    inputTokens,
    finishReasons,
    scores,
    flags,
  }));
  expect(said[1]).toEqual(said[0]);
  expect(said[2]).toEqual(said[0]);
  expect(spans[1]).toMatchObject({ inputTokens: 123, startedAt: 1795221783834, durationMs: 0.041654 });
  expect(spans[0]!.scores).toEqual([{ name: 'evaluation', value: 0.9, label: null, explanation: null, source: null }]);
  expect(spans[0]!.attributes.get('gen_ai.request.temperature')).toBe(0.5);
  expect(spans[0]!.attributes.get('b')).toBe(true);
});
