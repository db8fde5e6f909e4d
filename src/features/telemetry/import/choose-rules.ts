import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { readSettings } from './file-table.ts';
import { formatNames, formats, keysIn, labelsIn, pickFormat, type FormatChoice, type FormatName } from './format.ts';
import { graderNames, graders, pickGrader, type GraderName, type GraderTrial } from './grade.ts';
import type { Mapping } from './map-columns.ts';
import { fieldTexts } from './select-calls.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/** How answers are judged where nobody did. */
export interface Rules {
  grader: GraderName | null;
  format: FormatChoice | null;
}

const TRIED_ROWS = 5000;
const LIMIT_MS = 300_000;

/** Tries every form, and every grader where something is to be graded, on the first answers, and picks. */
export async function chooseRules(telemetry: Telemetry, source: Source, mapping: Mapping): Promise<Rules> {
  if (!mapping.fields.output) return { grader: null, format: null };
  const tried = mapping.fields.expected && !mapping.fields.score ? graderNames : [];
  const found = await tryAll(telemetry, source, mapping, tried);
  const shares = Object.fromEntries(formatNames.map((name) => [name, found(`form_${name}`)])) as Record<FormatName, number>;
  const trials = Object.fromEntries(
    graderNames.map((name) => [name, { right: found(`right_${name}`), coverage: found(`coverage_${name}`) }]),
  ) as GraderTrial;
  const graded = tried.length > 0 && found('expected') > 0;
  return {
    grader: graded ? pickGrader(trials, valuesOf(source, mapping.fields.expected?.name)) : null,
    format: await withKeys(pickFormat(shares, labelsIn(await answersOf(telemetry, source, mapping))), telemetry, source, mapping),
  };
}

const TRIED_FOR_KEYS = 1500;
/** A longer answer has its keys all the same; it is too much to be looked at here. */
const LONGEST_TRIED = 20_000;

/** Of answers that are JSON, the keys that they have. */
async function withKeys(
  format: FormatChoice | null,
  telemetry: Telemetry,
  source: Source,
  mapping: Mapping,
): Promise<FormatChoice | null> {
  if (format !== 'json') return format;
  const binder = new Binder();
  const { from, text } = fieldTexts(source, mapping, binder);
  const rows = await telemetry.rows(z.object({ o: z.string() }))(
    `select o from (select ifNull(${text('output')}, '') as o from (${from}) where not blank and broken = '' and o != '' limit ${TRIED_FOR_KEYS})
     where length(o) <= ${LONGEST_TRIED}`,
    binder.params,
    { settings: readSettings(source.file), timeoutMs: LIMIT_MS },
  );
  const keys = keysIn(rows.map(({ o }) => o));
  return keys.length > 0 ? { keys } : format;
}

/** The answers of the sample; of messages what they say, which only the engine reads. */
async function answersOf(telemetry: Telemetry, source: Source, mapping: Mapping): Promise<string[]> {
  if (!mapping.chat.includes('output')) return valuesOf(source, mapping.fields.output?.name);
  const binder = new Binder();
  const { from, text } = fieldTexts(source, mapping, binder);
  const rows = await telemetry.rows(z.object({ o: z.string() }))(
    `select substringUTF8(ifNull(${text('output')}, ''), 1, 100) as o from (${from}) where not blank and broken = '' and o != '' limit ${TRIED_ROWS}`,
    binder.params,
    { settings: readSettings(source.file), timeoutMs: LIMIT_MS },
  );
  return rows.map(({ o }) => o);
}

const valuesOf = ({ columns }: Source, name: string | undefined) =>
  columns.find((column) => column.name === name)?.values.filter((value): value is string => Boolean(value)) ?? [];

async function tryAll(
  telemetry: Telemetry,
  source: Source,
  mapping: Mapping,
  tried: readonly GraderName[],
): Promise<(key: string) => number> {
  const binder = new Binder();
  const { from, text } = fieldTexts(source, mapping, binder);
  const right = tried.map((name) => `avgIf(${graders[name].sql}, e != '') as right_${name}`);
  const coverage = tried.map((name) => `avgIf(${graders[name].coverage}, e != '') as coverage_${name}`);
  const forms = formatNames.map((name) => `${mostInAnyThird(formats[name].sql)} as form_${name}`);
  const [row] = await telemetry.rows(z.record(z.string(), z.number().nullable()))(
    `select countIf(e != '') as expected, ${[...right, ...coverage, ...forms].join(', ')} from (
       select ifNull(${text('output')}, '') as o, ifNull(${text('expected')}, '') as e
       from (${from}) where not blank and broken = '' and o != '' limit ${TRIED_ROWS})`,
    binder.params,
    { settings: readSettings(source.file), timeoutMs: LIMIT_MS },
  );
  return (key) => row?.[key] ?? 0;
}

/** Fewer answers show no habit. */
const FEWEST_IN_THIRD = 50;

/** The share that holds, in the third of the sample where it is greatest: a form that is lost half way was one. */
function mostInAnyThird(sql: string): string {
  const third = 'intDiv(length(kept), 3)';
  const thirds = [0, 1, 2].map((i) => `arrayAvg(arraySlice(kept, 1 + ${i} * ${third}, ${third}))`);
  const most = `if(${third} >= ${FEWEST_IN_THIRD}, arrayMax([${thirds.join(', ')}]), arrayAvg(kept))`;
  return `arrayMap(kept -> ${most}, [groupArray(toUInt8(${sql}))])[1]`;
}
