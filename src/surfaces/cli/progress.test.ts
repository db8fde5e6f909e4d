import { expect, test } from 'vitest';
import { line, openProgress } from './progress.ts';
import { fakeStream } from './testing.ts';

test.each([
  [{ label: 'Judging', done: 0, unit: 'steps' as const }, 1, 'Judging …'],
  [{ label: '/logs/june.jsonl', done: 420_000, unit: 'rows' as const }, 5, 'june.jsonl  420,000 rows  84,000/s'],
  [
    { label: 'june.jsonl', done: 500_000, total: 1_000_000, unit: 'rows' as const },
    5,
    'june.jsonl  ██████░░░░░░  500,000 of ~1,000,000 rows  5 s left',
  ],
  [
    { label: 'june.jsonl', done: 1_200_000, total: 1_000_000, unit: 'rows' as const },
    10,
    'june.jsonl  ████████████  1,200,000 of ~1,000,000 rows  0 s left',
  ],
  [{ label: 'june.jsonl', done: 10, total: 1000, unit: 'rows' as const }, 0, 'june.jsonl  ░░░░░░░░░░░░  10 of ~1,000 rows'],
  [{ label: 'a\u001B[2Jb.jsonl', done: 0, unit: 'rows' as const }, 1, 'a[2Jb.jsonl …'],
])('how far the work is, in one line: %#', (progress, seconds, expected) => {
  expect(line(progress, seconds)).toBe(expected);
});

test('the time left is seen in 80 columns, however long the name and however many the rows', () => {
  const label = `/logs/${'a-very-long-name-'.repeat(5)}june.jsonl`;
  const shown = line({ label, done: 1_234_567, total: 98_765_432, unit: 'rows' }, 100);
  expect(shown).toMatch(/june\.jsonl .* s left$/);
  expect(shown.length).toBeLessThan(80);
});

const step = (label: string) => ({ label, done: 0, unit: 'steps' as const });

test('in a pipe there is no progress', () => {
  const { stream, text } = fakeStream();
  const progress = openProgress(stream);
  progress.show(step('Judging'));
  progress.close();
  expect(text()).toBe('');
});

test('on a terminal one line is drawn over and over, never wider than the terminal, and gone at the end', () => {
  const { stream, text } = fakeStream({ isTTY: true, columns: 10 });
  const progress = openProgress(stream);
  progress.show(step('a very long name'));
  progress.show(step('a very long name'));
  progress.show(step('Judging'));
  progress.close();
  expect(text()).toBe('\r\u001B[Ka very lo\r\u001B[KJudging …\r\u001B[K');
});
