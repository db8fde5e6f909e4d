import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { isPlausibleScore, isPlausibleTime, SCORE_REFUSED, TIME_REFUSED } from '../otlp/index.ts';
import type { FileRow } from '../import/rows.ts';
import type { LabelColumns } from './label-columns.ts';
import { ScoreSource } from './model.ts';

/** A label as `scores.createMany` takes it. */
export interface Label {
  traceId: string;
  spanId?: string;
  name: string;
  value: number | boolean | string;
  source: z.infer<typeof ScoreSource>;
  explanation?: string;
  at?: string;
  id: string;
}

/** What holds for rows that do not say it themselves. */
export interface Otherwise {
  name: string | undefined;
  source: Label['source'] | undefined;
}

const LONGEST_NAME = 200;
const LONGEST_LABEL = 500;
const LONGEST_EXPLANATION = 10_000;

/** Rows of a file as labels. A row that is read twice is the same label twice; the file sent again takes its own place. */
export function labelReader(columns: LabelColumns, otherwise: Otherwise) {
  const seen = new Map<string, number>();
  /** The label, or why it is none. */
  return (row: FileRow): Label | string => {
    const text = (field: keyof LabelColumns) => {
      const column = columns[field];
      return (column && row.at(column)?.trim()) || undefined;
    };
    const traceId = hexOf(text('traceId'));
    if (traceId?.length !== 32) return 'the trace id has not 32 hexadecimal digits';
    const spanText = text('spanId');
    const spanId = hexOf(spanText);
    if (spanText !== undefined && spanId?.length !== 16) return 'the span id has not 16 hexadecimal digits';
    const value = valueOf(text('value'));
    if (value === undefined) return 'there is no value';
    if (typeof value === 'number' && !isPlausibleScore(value)) return SCORE_REFUSED;
    if (typeof value === 'string' && value.length > LONGEST_LABEL) return `the value is longer than ${LONGEST_LABEL} characters`;
    const name = text('name') ?? otherwise.name ?? columns.value!.name;
    if (name.length > LONGEST_NAME) return `the name is longer than ${LONGEST_NAME} characters`;
    const source = ScoreSource.safeParse(
      text('source')?.toLowerCase().replaceAll(/[ -]/g, '_') ?? otherwise.source ?? 'ground_truth',
    );
    if (!source.success) return `the source is none of ${ScoreSource.options.join(', ')}`;
    const at = timeOf(text('at'));
    if (at === null) return 'the time cannot be read; write it as 2026-01-31T12:00:00Z';
    if (at !== undefined && !isPlausibleTime(Date.parse(at))) return TIME_REFUSED;
    const explanation = text('explanation')?.slice(0, LONGEST_EXPLANATION);
    const key = JSON.stringify([traceId, spanId, name, source.data]);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    const id = text('id')?.slice(0, LONGEST_NAME) ?? createHash('sha256').update(`${key} ${nth}`).digest('hex').slice(0, 32);
    return {
      traceId,
      ...(spanId !== undefined && { spanId }),
      name,
      value,
      source: source.data,
      ...(explanation !== undefined && { explanation }),
      ...(at !== undefined && { at }),
      id,
    };
  };
}

/** Some write them with the dashes of a UUID. */
const hexOf = (text: string | undefined) => {
  const hex = text?.replaceAll('-', '').toLowerCase();
  return hex !== undefined && /^[0-9a-f]+$/.test(hex) ? hex : undefined;
};

function valueOf(text: string | undefined): Label['value'] | undefined {
  if (text === undefined) return undefined;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Nothing: it is not said. Null: it cannot be read. A time without a zone is of UTC. */
function timeOf(text: string | undefined): string | undefined | null {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) && text.includes(':') ? text : `${text.includes(':') ? text : `${text}T00:00`}Z`;
  const at = new Date(zoned.replace(' ', 'T').replace(/\s+/, ''));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
