import { describe, expect, test } from 'vitest';
import { messagesOf } from './conversation.ts';
import { treeOf } from './tree.ts';

const text = (said: string) => ({ kind: 'text', name: null, text: said });

describe('a conversation', () => {
  test.each<[string, unknown, unknown]>([
    ['OpenAI', [{ role: 'user', content: 'Hi' }], [{ role: 'user', parts: [text('Hi')] }]],
    [
      'a call of a tool, and its answer',
      [
        { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'look', arguments: '{"q":1}' } }] },
        { role: 'tool', tool_call_id: 'a', name: 'look', content: '42' },
      ],
      [
        { role: 'assistant', parts: [{ kind: 'tool_call', name: 'look', text: '{\n  "q": 1\n}' }] },
        { role: 'tool', parts: [{ kind: 'tool_result', name: 'look', text: '42' }] },
      ],
    ],
    [
      'parts of OpenTelemetry',
      [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'hm' },
            { type: 'text', content: 'So' },
            { type: 'tool_call', name: 'look', arguments: { q: 1 } },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          parts: [
            { kind: 'reasoning', name: null, text: 'hm' },
            text('So'),
            { kind: 'tool_call', name: 'look', text: '{\n  "q": 1\n}' },
          ],
        },
      ],
    ],
    [
      'the Vercel AI SDK',
      { system: 'Be kind', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
      [
        { role: 'system', parts: [text('Be kind')] },
        { role: 'user', parts: [text('Hi')] },
      ],
    ],
    [
      'Anthropic',
      [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'found' }] }] }],
      [{ role: 'user', parts: [{ kind: 'tool_result', name: null, text: 'found' }] }],
    ],
    ['choices', { choices: [{ message: { role: 'assistant', content: 'Yes' } }] }, [{ role: 'assistant', parts: [text('Yes')] }]],
  ])('of %s', (_, sent, said) => expect(messagesOf(JSON.stringify(sent))).toEqual(said));

  test('what is no message is shown as it came', () => {
    expect(messagesOf('{"city": "Berlin"}', 'user')).toEqual([{ role: 'user', parts: [text('{"city": "Berlin"}')] }]);
    expect(messagesOf('[1, 2', null)).toEqual([{ role: null, parts: [text('[1, 2')] }]);
    expect(messagesOf('42')).toEqual([{ role: null, parts: [text('42')] }]);
  });
});

const span = (spanId: string, parentSpanId: string | null, atMs: number, durationMs = 10) => ({
  spanId,
  parentSpanId,
  startedAt: new Date(atMs).toISOString(),
  durationMs,
});

describe('a tree of spans', () => {
  test('children below their parents, earlier ones first', () => {
    const placed = treeOf([span('c', 'a', 70), span('a', null, 0, 100), span('b', 'a', 50, 10), span('d', 'b', 52)]);
    expect(placed.map(({ span: { spanId }, depth }) => [spanId, depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 2],
      ['c', 1],
    ]);
    expect(placed[1]).toMatchObject({ start: 0.5, length: 0.1 });
  });

  test('a parent that was never sent, and a ring, lose nobody', () => {
    const placed = treeOf([span('x', 'gone', 5), span('p', 'q', 1), span('q', 'p', 2)]);
    expect(placed.map(({ span: { spanId } }) => spanId).sort()).toEqual(['p', 'q', 'x']);
  });

  test('ten thousand spans in a row', () => {
    expect(treeOf(Array.from({ length: 10_000 }, (_, i) => span(`s${i}`, i ? `s${i - 1}` : null, i)))).toHaveLength(10_000);
  });
});
