import { expect, test } from 'vitest';
import { showAnswer } from './show.ts';

const page = { width: 80, color: false };

test('many of a kind are a table, whose columns are what any of them has', () => {
  const clients = [
    { id: 'a1', name: 'Acme', spans: 12, costUsd: 0.123456789, closedAt: null, tags: [] },
    { id: 'b2', name: 'Globex', spans: 3, costUsd: null, closedAt: '2026-11-21T08:00:00.000Z', tags: [] },
  ];
  expect(showAnswer({ clients }, page)).toBe(
    [
      'id  name    spans  cost usd  closed at',
      'a1  Acme       12  0.123457  –',
      'b2  Globex      3         –  2026-11-21 08:00:00',
      '',
    ].join('\n'),
  );
  expect(showAnswer({ client: 'x', clients: [] }, page)).toBe('No clients.\n');
});

test('what stands alone is a line each, what is within it stands below', () => {
  const answer = {
    client: 'x',
    key: 'stwc_1',
    scopes: ['read', 'write'],
    isOld: false,
    totals: { spans: 2 },
    traces: [{ id: 'a' }],
  };
  expect(showAnswer(answer, page)).toBe(
    ['key     stwc_1', 'scopes  read, write', 'is old  no', '', 'totals', '  spans  2', '', 'traces', 'id', 'a', ''].join('\n'),
  );
});

test('a narrow terminal is told what it does not show, and nothing in an answer steers it', () => {
  const rows = [{ id: '1'.repeat(32), name: 'a long name of a step in it', more: 'x\u001B[2Jy', last: 'z'.repeat(60) }];
  const text = showAnswer({ rows }, { width: 60, color: false });
  expect(text).toContain('1'.repeat(32));
  expect(text).toContain('There is more: more, last.');
  expect(showAnswer({ said: 'x\u001B[2J\u202Ey' }, page)).toBe('said  x\uFFFD[2J\uFFFDy\n');
});
