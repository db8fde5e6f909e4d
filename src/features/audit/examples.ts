import type { Evidence } from './audit.ts';
import type { Judgement } from './judge.ts';
import { succeeded } from './metrics.ts';
import type { Example, ReportFinding } from './model.ts';
import { listExamples, type ExampleRow } from './store.ts';

/** Which rows show a finding best: of a rate the ones that count, of a quantity the ones near its new level. */
function preference({ metric, before, after, direction }: Judgement, side: 'before' | 'after'): string {
  if (metric.shows) return `${side === (direction === 'better' ? 'before' : 'after') ? '' : 'not '}(${metric.shows})`;
  if (metric.sql === '') return `output_length > 0 and ${succeeded}`;
  const level = (side === 'before' ? before?.mean : after?.mean) ?? 0;
  if (metric.kind !== 'rate') return `-abs(ifNull(${metric.sql}, 1e18) - ${level})`;
  const bad = metric.worse === 'up' ? '1' : '0';
  const shown = (direction === 'better') === (side === 'before') ? bad : bad === '1' ? '0' : '1';
  return `ifNull(${metric.sql} = ${shown}, -1)`;
}

/**
 * Puts the lines of the files in: until then an example holds its row. One pass of each file for all findings, as a record of CSV
 * may take several lines.
 */
export async function placeExamples({ imported, files }: Evidence, findings: readonly ReportFinding[]): Promise<void> {
  const all = findings.flatMap(({ examples: { before, after } }) => [...before, ...after]);
  for (const [index, { name }] of files.entries()) {
    const own = all.filter(({ file }) => file === name);
    const places = await imported.locate(index, [...new Set(own.map(({ line }) => line))]);
    for (const example of own) {
      const place = places.get(example.line);
      example.line = place === undefined ? example.line + 1 : 'line' in place ? place.line : place.record;
    }
  }
}

/** Rows before and after that show a finding. */
export async function findExamples(
  { store, files, dimensions }: Evidence,
  judgement: Judgement,
): Promise<ReportFinding['examples']> {
  const { at, until, window, segment, kind, metric } = judgement;
  if (kind === 'stall' || metric.kind === 'count') return { before: [], after: [] };
  const [name, value] = Object.entries(segment)[0] ?? [];
  const sql = dimensions.find((dimension) => dimension.name === name)?.sql;
  const ask = async (side: 'before' | 'after', fromMs: number | null, toMs: number | null, of = value) => {
    const where = sql !== undefined && of !== undefined ? { sql, value: of } : undefined;
    const rows = await listExamples(store, {
      fromMs,
      toMs,
      prefer: preference(judgement, side),
      sampled: metric.shows !== undefined,
      where,
    });
    return rows.map((row) => asExample(row, files));
  };
  if (at !== null && window !== null) {
    const [before, after] = await Promise.all([ask('before', window.from, at), ask('after', until ?? at, window.to)]);
    return { before, after };
  }
  const [before, after] = await Promise.all([ask('before', null, null, judgement.against), ask('after', null, null)]);
  return { before, after };
}

function asExample(row: ExampleRow, files: readonly { name: string }[]): Example {
  const facts: [string, string | null][] = [
    ['score', row.graded === null ? null : String(row.graded)],
    ['seconds', row.latency_s === null ? null : String(Number(row.latency_s.toPrecision(3)))],
    ['USD', row.cost_usd === null ? null : String(Number(row.cost_usd.toPrecision(3)))],
    ['tokens', row.output_tokens === null ? null : String(row.output_tokens)],
  ];
  return {
    file: files[row.file]?.name ?? '',
    line: row.row,
    at: row.at,
    model: row.model || null,
    input: row.input || null,
    output: row.output,
    expected: row.expected || null,
    facts: Object.fromEntries(facts.filter((fact): fact is [string, string] => fact[1] !== null)),
  };
}
