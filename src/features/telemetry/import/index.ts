import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { invalid } from '../../../platform/problem.ts';
import { chooseRules, type Rules } from './choose-rules.ts';
import type { Column } from './columns.ts';
import type { Field } from './fields.ts';
import { formatSentence } from './format.ts';
import { graders } from './grade.ts';
import { placesOf, type Place } from './lines.ts';
import { createCalls, loadCalls, unloadCalls } from './load.ts';
import { mapColumns, type Mapping } from './map-columns.ts';
import { isMendable, mend, unreadable } from './mend.ts';
import type { LogFile } from './open-log.ts';
import { writeRejects } from './rejects.ts';
import type { Reading } from './select-calls.ts';
import { readSource, type Source } from './source.ts';
import { swallowedRest } from './swallowed.ts';
import { unpackZstd } from './unpack-zstd.ts';

export { fieldNames, type Field } from './fields.ts';
export type { Place } from './lines.ts';
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
  /** Where rows of `call` (`file`, `row`) stand in their file, as a person counts. While the log files are open. */
  locate: (file: number, rows: readonly number[]) => Promise<Map<number, Place>>;
}

const A_DAY_MS = 86_400_000;

/** Reads logs into the table `call` of a fresh store: finds the columns, loads every row, writes the unusable ones beside the log. */
export async function importLogs(
  telemetry: ScratchTelemetry,
  files: readonly LogFile[],
  options: ImportOptions,
): Promise<Imported> {
  await telemetry.command(createCalls);
  const loaded: Loaded[] = [];
  const assumptions: string[] = [];
  const rejectedFiles: string[] = [];
  for (const [index, file] of files.entries()) {
    const one = await loadFile(telemetry, file, index, options, loaded[0]?.reading);
    loaded.push(one);
    const rejected = await writeRejects(telemetry, one.source, index);
    if (rejected.file) rejectedFiles.push(rejected.file);
    assumptions.push(
      ...one.source.file.assumptions,
      ...(index === 0 ? [...one.reading.mapping.assumptions, ...aboutRules(one.reading)] : []),
    );
    if (rejected.warning) assumptions.push(rejected.warning);
  }
  const mapping = loaded[0]?.reading.mapping;
  if (!mapping) throw invalid('No log file was named: say which file to read.');
  return { mapping, assumptions, rejectedFiles, locate: (file, rows) => placesOf(loaded[file]!.source, rows) };
}

interface Loaded {
  source: Source;
  reading: Reading;
}

/** Loads a file, or where the engine refuses it, a copy without what is broken. */
async function loadFile(
  telemetry: ScratchTelemetry,
  opened: LogFile,
  index: number,
  options: ImportOptions,
  first: Reading | undefined,
): Promise<Loaded> {
  let file = opened;
  for (;;) {
    let failure: unknown;
    try {
      file = await unpackZstd(telemetry, file);
      const loaded = await loadOnce(telemetry, file, index, options, first);
      if (file.mended || !(await swallowedRest(telemetry, loaded.source, index))) return loaded;
    } catch (error) {
      if (!isMendable(error)) throw error;
      failure = error;
    }
    await unloadCalls(telemetry, index);
    const mended = await mend(file);
    if (!mended) throw unreadable(opened, failure);
    file = mended;
  }
}

async function loadOnce(
  telemetry: ScratchTelemetry,
  file: LogFile,
  index: number,
  options: ImportOptions,
  first: Reading | undefined,
): Promise<Loaded> {
  const source = await readSource(telemetry, file);
  const mapping = mappingOf(source, options, first);
  const rules: Rules = first ?? (await chooseRules(telemetry, source, mapping));
  const latest = new Date(options.now.getTime() + A_DAY_MS).toISOString();
  const reading: Reading = { mapping, grader: rules.grader, format: rules.format, latest };
  await loadCalls(telemetry, source, index, reading, options.onProgress);
  return { source, reading };
}

function mappingOf({ columns, file }: Source, { map, dateOrder }: ImportOptions, first: Reading | undefined): Mapping {
  const { mapping, missing } = mapColumns(columns, map);
  if (missing.length > 0) throw invalid(unknownColumn(missing, columns, file));
  requireSomething(mapping, file, columns);
  if (dateOrder) mapping.time = dateOrder;
  // One meaning for all files: the columns of the first file name the segments and the rules of the rest.
  if (first) mapping.segments = alike(first.mapping, columns);
  return mapping;
}

// A segment that a later file lacks keeps its place and is empty there.
const alike = (first: Mapping, columns: readonly Column[]): Mapping['segments'] =>
  first.segments.map(
    (segment) => columns.find(({ name }) => name === segment.name) ?? { name: segment.name, column: 0, path: ['\u0000'] },
  );

function aboutRules({ mapping, grader, format }: Reading): string[] {
  return [
    ...(grader
      ? [
          `No score column: an answer ${graders[grader].sentence} ("${mapping.fields.expected?.name}") counts as right (grader: ${graders[grader].name}).`,
        ]
      : []),
    ...(format ? [`Most answers ${formatSentence(format)}; the others count as out of form.`] : []),
  ];
}

const listed = (columns: readonly Column[], most: number) =>
  columns
    .slice(0, most)
    .map(({ name }) => name)
    .join(', ');

const unknownColumn = (missing: readonly string[], columns: readonly Column[], file: LogFile) =>
  `"${file.name}" has no column ${missing.map((name) => `"${name}"`).join(' or ')}. It has: ${listed(
    columns.filter(({ path }) => path.length < 3),
    60,
  )}.`;

/** A log that says nothing about any call cannot be judged. */
function requireSomething({ fields }: Mapping, file: LogFile, columns: readonly Column[]) {
  const judged: Field[] = ['output', 'score', 'latency', 'cost', 'inputTokens', 'outputTokens', 'error', 'endTime'];
  if (judged.some((field) => fields[field])) return;
  throw invalid(
    `No column of "${file.name}" could be used: it has ${listed(columns, 30)}. ` +
      `Say which is which, e.g. --map output=reply --map time=sent_at. Fields: output, score, latency, cost, inputTokens, outputTokens, error.`,
  );
}
