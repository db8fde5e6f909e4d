import { expect, test } from 'vitest';
import { callsAmong } from './calls-among.ts';
import { readColumns } from './columns.ts';
import { callsIn } from './documents.ts';
import { mapColumns } from './map-columns.ts';
import { callsOfTrace, holdsObservations } from './trace-list.ts';

const span = { id: 'o', type: 'SPAN', input: 'Where is it?', output: 'On its way.' };
const answer = {
  id: 'g1',
  type: 'GENERATION',
  name: 'answer',
  model: 'gpt-4o',
  output: 'On its way.',
  endTime: '2026-05-01T10:00:02Z',
};
const check = { ...answer, id: 'g0', name: 'check', output: 'ok', endTime: '2026-05-01T10:00:01Z' };

test('the calls of a trace are its generations, and what scores it scores the last of them', () => {
  const trace = {
    id: 't',
    name: 'support',
    userId: 'u',
    latency: 3,
    observations: [span, answer, check],
    scores: [
      { name: 'helpful', value: 1 },
      { name: 'terse', value: 0, observationId: 'g0' },
    ],
  };
  expect(callsOfTrace(trace)).toEqual([
    { userId: 'u', traceName: 'support', scores: [trace.scores[0]], ...answer },
    { userId: 'u', traceName: 'support', scores: [trace.scores[1]], ...check },
  ]);
});

test('what holds no calls stays as it is', () => {
  for (const one of [{ id: 't', observations: [span] }, { id: 't', observations: ['o', 'g'] }, { output: 'x' }, 'text', null])
    expect(callsOfTrace(one)).toEqual([one]);
  expect(holdsObservations('[{"id": "t", "observations": [{"id": "o", "type": "SPAN"')).toBe(true);
  expect(holdsObservations('[{"observations": [{"at": 1, "type": "rain"}]}]')).toBe(false);
});

const columnsOf = (types: readonly string[]) =>
  readColumns(
    ['type', 'startTime', 'output'],
    Array.from({ length: 60 }, (_, i) => {
      const type = types[i % types.length]!;
      const text = `The parcel ${i} is on its way.`;
      return [
        type,
        `2026-05-01T10:00:${10 + (i % 50)}Z`,
        type === 'GENERATION' ? JSON.stringify({ role: 'assistant', content: text }) : text,
      ];
    }),
  );

test('rows of other kinds beside generations are left out, and columns are found by the calls alone', () => {
  const { mapping } = mapColumns(columnsOf(['SPAN', 'GENERATION', 'TOOL']), { map: {} });
  expect(mapping.among).toMatchObject({ kind: { name: 'type' } });
  expect(mapping.chat).toEqual(['output']);
  expect(mapping.assumptions[0]).toMatch(/"type" names no call of a model are left out/);
});

test('a type that says something else leaves nothing out', () => {
  for (const types of [['GENERATION'], ['SPAN', 'EVENT'], ['GENERATION', 'invoice'], ['billing', 'sales']])
    expect(callsAmong(columnsOf(types))).toBeNull();
});

test('a list of calls is found however deep it stands, and what a call holds is none', () => {
  const calls = [{ output: 'a' }, { output: 'b' }];
  expect(callsIn({ result: { page: 1, logs: calls } }, [])).toEqual(calls);
  expect(callsIn({ a: { b: { c: calls } }, also: { d: [{ n: 1 }] } }, [])).toEqual(calls);
  const call = { model: 'gpt-4o', response: { output: [{ type: 'reasoning' }], tools: { used: [{ n: 1 }] } } };
  expect(callsIn(call, [])).toEqual([call]);
});
