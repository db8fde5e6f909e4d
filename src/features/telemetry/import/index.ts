import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { invalid } from '../../../platform/problem.ts';
import type { Column } from './columns.ts';
import type { Field } from './fields.ts';
import { formats } from './format.ts';
import { graders } from './grade.ts';
import { chooseRules, createCalls, loadCalls, type Reading } from './load.ts';
import { mapColumns, type Mapping } from './map-columns.ts';
import type { LogFile } from './open-log.ts';
import { writeRejects } from './rejects.ts';
import { readSource } from './source.ts';

export { fieldNames, type Field } from './fields.ts';
export { openLogFile, type LogFile } from './open-log.ts';

export interface ImportOptions {
  /** Field → column, by hand. */
  map: Partial<Record<Field, string>>;
  /** Which of two slashed numbers is the month, where the log does not show it. */
  dateOrder?: 'dmy' | 'mdy' | undefined;
  now: Date;
  onProgress: (progress: Progress) => void;
}

/** What was read, and how. The calls themselves are in the store, in the table `call`. */
export interface Imported {
  mapping: Mapping;
  /** What was assumed, a sentence each. */
  assumptions: string[];
  /** Files with the rows that could not be used. */
  rejectedFiles: string[];
}

const A_DAY_MS = 86_400_000;

/** Reads logs into the table `call` of a fresh store: finds the columns, loads every row, writes the unusable ones beside the log. */
export async function importLogs(
  telemetry: ScratchTelemetry,
  files: readonly LogFile[],
  options: ImportOptions,
): Promise<Imported> {
  await telemetry.command(createCalls);
  const imported: Imported = {
    mapping: { fields: {}, segments: [], time: 'auto', latencyInMs: false, chat: [], assumptions: [] },
    assumptions: [],
    rejectedFiles: [],
  };
  let first: Reading | undefined;
  for (const [index, file] of files.entries()) {
    const source = await readSource(telemetry, file);
    const { mapping, missing } = mapColumns(source.columns, options.map);
    if (missing.length > 0) throw invalid(unknownColumn(missing, source.columns, file));
    if (options.dateOrder) mapping.time = options.dateOrder;
    // One meaning for all files: the columns of the first file name the segments and the rules of the rest.
    if (first) mapping.segments = alike(first.mapping, source.columns);
    requireSomething(mapping, file, source.columns);
    const rules = first ?? (await chooseRules(telemetry, source, mapping));
    const reading: Reading = {
      mapping,
      grader: rules.grader,
      format: rules.format,
      latest: new Date(options.now.getTime() + A_DAY_MS).toISOString(),
    };
    await loadCalls(telemetry, source, index, reading, options.onProgress);
    const rejected = await writeRejects(telemetry, source, index);
    if (rejected) imported.rejectedFiles.push(rejected);
    imported.assumptions.push(...file.assumptions, ...(first ? [] : [...mapping.assumptions, ...aboutRules(reading)]));
    if (!first) imported.mapping = mapping;
    first ??= reading;
  }
  return imported;
}

function alike(first: Mapping, columns: readonly Column[]): Mapping['segments'] {
  // A segment that a later file lacks keeps its place and is empty there.
  return first.segments.map(
    (segment) => columns.find(({ name }) => name === segment.name) ?? { name: segment.name, column: 0, path: ['\u0000'] },
  );
}

function aboutRules({ mapping, grader, format }: Reading): string[] {
  return [
    ...(grader
      ? [
          `No score column: an answer ${graders[grader].sentence} ("${mapping.fields.expected?.name}") counts as right (grader: ${graders[grader].name}).`,
        ]
      : []),
    ...(format ? [`Most answers ${formats[format].sentence}; the others count as out of form.`] : []),
  ];
}

const unknownColumn = (missing: readonly string[], columns: readonly Column[], file: LogFile) =>
  `"${file.name}" has no column ${missing.map((name) => `"${name}"`).join(' or ')}. It has: ${columns
    .filter(({ path }) => path.length < 3)
    .map(({ name }) => name)
    .slice(0, 60)
    .join(', ')}.`;

/** A log that says nothing about any call cannot be judged. */
function requireSomething({ fields }: Mapping, file: LogFile, columns: readonly Column[]) {
  const judged: Field[] = ['output', 'score', 'latency', 'cost', 'inputTokens', 'outputTokens', 'error', 'endTime'];
  if (judged.some((field) => fields[field])) return;
  throw invalid(
    `No column of "${file.name}" could be used: it has ${columns
      .map(({ name }) => name)
      .slice(0, 30)
      .join(', ')}. ` +
      `Say which is which, e.g. --map output=reply --map time=sent_at. Fields: output, score, latency, cost, inputTokens, outputTokens, error.`,
  );
}
