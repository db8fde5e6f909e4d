import { expect, test } from 'vitest';
import { DAY_MS, fixedClock, HOUR_MS } from './clock.ts';
import { readConfig } from './config.ts';
import { localContext, type Actor, type Context } from './context.ts';
import { isDue, job, runJob } from './job.ts';
import { openLog } from './log.ts';

const noon = Date.parse('2026-06-03T12:00:00Z');
const sweep = (every: 'start' | 'hour' | 'day', run: (ctx: Context) => Promise<void> = () => Promise.resolve()) =>
  job({ name: 'test.sweep', every, run });

test('a job that never ran is due; one that ran is due when its time is over, to the millisecond', () => {
  expect(isDue(sweep('day'), noon)).toBe(true);
  expect(isDue(sweep('day'), noon, noon - DAY_MS + 1)).toBe(false);
  expect(isDue(sweep('day'), noon, noon - DAY_MS)).toBe(true);
  expect(isDue(sweep('hour'), noon, noon - HOUR_MS + 1)).toBe(false);
  expect(isDue(sweep('hour'), noon, noon - HOUR_MS)).toBe(true);
  expect(isDue(sweep('start'), noon, noon)).toBe(true);
});

test('a job runs as itself; when it fails, it is logged and stops nobody', async () => {
  const lines: string[] = [];
  const ctx = localContext({
    now: fixedClock('2026-06-03T12:00:00Z'),
    config: readConfig({}),
    log: openLog('error', { write: (line) => void lines.push(line) }),
  });
  const seen: Actor[] = [];
  await runJob(
    sweep('hour', ({ actor }) => {
      seen.push(actor);
      return Promise.reject(new Error('the disk is full'));
    }),
    ctx,
  );
  expect(seen).toEqual([{ kind: 'job', name: 'test.sweep' }]);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ job: 'test.sweep', err: { message: 'the disk is full' } });
});
