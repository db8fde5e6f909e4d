import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, fixedClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { openLog } from '../../platform/log.ts';
import { perform } from '../../platform/operation.ts';
import { shipped } from '../../platform/paths.ts';
import type { AuditReport } from './model.ts';
import { runAudit } from './operations.ts';
import { temporary, writeRows, type Row } from './testing.ts';

/**
 * Real answers of GPT-4 and GPT-3.5 from before and after their update of June 2023 (arXiv 2307.09009). The data is not part of
 * the repository; where it does not lie beside the checkout, these tests are skipped.
 */
const data = shipped('..', 'shared', 'data', 'llmdrift');
const here = existsSync(join(data, 'prime-gpt-4-stream.jsonl'));
if (!here) console.warn('Skipped: the LLMDrift answers do not lie in ../shared/data/llmdrift beside this checkout.');

const ctx = localContext({ now: fixedClock('2026-09-01T00:00:00Z'), config: readConfig({}), log: openLog('silent') });

const UPDATED = Date.parse('2026-06-03T00:00:00Z');
let dir: ReturnType<typeof temporary>;
beforeAll(() => {
  dir = temporary();
});
afterAll(() => dir[Symbol.dispose]());

// Rejected rows are written beside the log, which is not ours.
function copied(name: string): string {
  const path = join(dir.path, name);
  copyFileSync(join(data, name), path);
  return path;
}

const rowsIn = (name: string) =>
  readFileSync(join(data, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

const audited = async (path: string, groupBy?: string): Promise<AuditReport> =>
  (await perform(runAudit, ctx, { files: [path], ...(groupBy ? { groupBy } : {}) })).report;

const found = ({ findings }: AuditReport, metric: string) => findings.find((finding) => finding.metric === metric);

function expectOneUpdate({ findings, groups }: AuditReport) {
  for (const { at, group, severity } of findings) {
    expect(Math.abs(Date.parse(at!) - UPDATED)).toBeLessThanOrEqual(2 * DAY_MS);
    expect(group).toBe('g1');
    if (severity === 'page') expect(Date.parse(at!)).toBeGreaterThanOrEqual(UPDATED - DAY_MS);
  }
  expect(groups).toMatchObject([{ id: 'g1', cause: { dimension: 'model', value: 'gpt-4' } }]);
}

describe.skipIf(!here)('the update of GPT-4', () => {
  test('right answers fell from 84 % to 50 %; time, cost and length changed with them, from one cause', async () => {
    const report = await audited(copied('prime-gpt-4-stream.jsonl'));
    const score = found(report, 'score')!;
    expect(score).toMatchObject({ kind: 'step', direction: 'worse', severity: 'page', id: 'f1' });
    expect(score.before).toBeCloseTo(0.84, 2);
    expect(score.after).toBeCloseTo(0.5, 2);
    expect(report.findings.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(['score', 'latency_s', 'cost_usd', 'output_tokens', 'output_length']),
    );
    expectOneUpdate(report);
    expect(score.explanation).toContain('gpt-4 changed behind its name');
  });

  test('it is found where answers carry no score', async () => {
    const report = await audited(copied('prime-gpt-4-unlabelled-stream.jsonl'));
    expect(report.worse).toBe(true);
    expectOneUpdate(report);
  });

  test('it is found where nothing says what was expected', async () => {
    const rows = rowsIn('prime-gpt-4-unlabelled-stream.jsonl').map((row): Row => ({ ...row, expected: undefined }));
    const report = await audited(writeRows(join(dir.path, 'blind.jsonl'), rows));
    expect(found(report, 'score')).toBeUndefined();
    expect(report.findings.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['output_length', 'text']));
    expectOneUpdate(report);
  });

  test.each(['prime-gpt-4-stream', 'prime-gpt-4-unlabelled-stream'])(
    'nobody is called in the 30 days before: %s',
    async (name) => {
      const rows = rowsIn(`${name}.jsonl`).filter(({ timestamp }) => Date.parse(String(timestamp)) < UPDATED);
      const report = await audited(writeRows(join(dir.path, `${name}-before.jsonl`), rows));
      expect(report.input.rows).toBe(1000);
      expect(report.findings.filter(({ severity }) => severity !== 'watch')).toEqual([]);
      expect(report.worse).toBe(false);
    },
  );
});

describe.skipIf(!here)('four models, a thousand answers each', () => {
  test('the cohorts are those of the file; GPT-4 fell and GPT-3.5 rose', async () => {
    const report = await audited(copied('PRIME_FULL_EVAL.csv'), 'model');
    // Counted with another program: share of answers whose last [Yes] or [No] is right, mean seconds, mean USD.
    const cohort = (value: string, score: number, seconds: number, usd: number) => ({
      by: 'model',
      value: `openaichat/${value}`,
      n: 1000,
      metrics: { score: expect.closeTo(score, 3), latency_s: expect.closeTo(seconds, 3), cost_usd: expect.closeTo(usd, 7) },
    });
    expect(report.cohorts).toMatchObject([
      cohort('gpt-3.5-turbo-0301', 0.518, 6.6087, 0.0005183),
      cohort('gpt-3.5-turbo-0613', 0.68, 16.0953, 0.0006578),
      cohort('gpt-4-0314', 0.84, 8.024, 0.0138274),
      cohort('gpt-4-0613', 0.502, 3.2095, 0.0010736),
    ]);
    const scores = report.findings.filter(({ metric }) => metric === 'score');
    expect(scores.map(({ segment, direction, kind }) => [segment['model'], direction, kind])).toEqual([
      ['openaichat/gpt-4-0613', 'worse', 'cohort'],
      ['openaichat/gpt-3.5-turbo-0613', 'better', 'cohort'],
    ]);
    expect(report.input).toMatchObject({ rows: 4000, rejected: 0 });
  });
});
