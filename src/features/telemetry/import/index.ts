import { basename } from 'node:path';
import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { invalid } from '../../../platform/problem.ts';
import { aboutFiles } from './about-files.ts';
import { chooseRules, type Rules } from './choose-rules.ts';
import { aboutScores } from './about-columns.ts';
import type { Column, ColumnRef } from './columns.ts';
import type { Field } from './fields.ts';
import { formatSentence } from './format.ts';
import { graders } from './grade.ts';
import { placesOf, type Place } from './lines.ts';
import { furtherColumns } from './further.ts';
import { createCalls, createWholeCalls, loadCalls, unloadCalls } from './load.ts';
import { mapColumns, type Given, type Mapping } from './map-columns.ts';
import { isMendable, mend, unreadable } from './mend.ts';
import type { LogFile } from './open-log.ts';
import { isRejectFile, writeRejects, type Rejected } from './rejects.ts';
import { rowStartOf } from './row-start.ts';
import type { Reading } from './select-calls.ts';
import { digestOf, givenPath, sameFiles } from './same-file.ts';
import { removeSameRows } from './same-rows.ts';
import { completeSampled, createSampled } from './sampled.ts';
import { readSource, type Source } from './source.ts';
import { swallowedRows } from './swallowed.ts';
import { unpackZstd } from './unpack-zstd.ts';
import { unreadColumns } from './unread.ts';

export { fieldNames, type Field } from './fields.ts';
export type { Place } from './lines.ts';
export { scoresBeside } from './logged-scores.ts';
export { openLogFile, type LogFile } from './open-log.ts';
export { rowsOf, type FileRow } from './rows.ts';

export interface ImportOptions extends Given {
  now: Date;
  onProgress: OnProgress;
  /** Keep texts and all further columns whole, to hand them on; nothing is judged. */
  whole?: boolean;
}

type OnProgress = (progress: Progress) => void;

/** What was read, and how. The calls themselves are in the store, in the table `call`. */
export interface Imported {
  mapping: Mapping;
  /** What was assumed, a sentence each. */
  assumptions: string[];
  /** Columns, of any file, of which nothing was read. */
  unread: string[];
  /** The files that were read, by their number in `call`. */
  files: { index: number; name: string; mapping: Mapping; digest: () => Promise<string> }[];
  /** Files with the rows that could not be used. */
  rejectedFiles: string[];
  /** Where rows of `call` (`file`, `row`) stand in their file, as a person counts; a file left out has none. While the log files are open. */
  locate: (file: number, rows: readonly number[]) => Promise<Map<number, Place>>;
}

const A_DAY_MS = 86_400_000;

/** Reads logs into the table `call` of a fresh store: finds the columns, loads every row, writes the unusable ones beside the log. */
export async function importLogs(
  telemetry: ScratchTelemetry,
  files: readonly LogFile[],
  options: ImportOptions,
): Promise<Imported> {
  await telemetry.command(options.whole ? createWholeCalls : createCalls);
  // What a number or a date means is decided over all files, so all are looked at before one is loaded.
  const peeked = new Map<number, Source>();
  const skipped: string[] = [];
  const same = await sameFiles(files);
  for (const [index, file] of files.entries()) {
    if (same.has(index)) continue;
    if (await isRejectFile(file.name)) skipped.push(file.name);
    else peeked.set(index, await openSource(telemetry, file, options.onProgress));
  }
  if (!options.whole) await createSampled(telemetry, [...peeked.values()]);
  const all = [...peeked.values()].map(({ columns }) => columns);
  const sources = new Map<number, Source>();
  const loaded: Loaded[] = [];
  const rejects: Rejected[] = [];
  for (const [index, source] of peeked) {
    const one = await loadFile(telemetry, source, index, { ...options, all, first: loaded[0]?.reading });
    loaded.push(one);
    sources.set(index, one.source);
    rejects.push(await writeRejects(telemetry, one.source, index));
  }
  const repeated = loaded.some(({ reading }) => reading.mapping.id) ? await removeSameRows(telemetry, options) : 0;
  const first = loaded[0];
  if (!first) throw invalid(nothingToRead(skipped));
  if (!options.whole) await completeSampled(telemetry);
  return {
    mapping: first.reading.mapping,
    assumptions: [
      ...loaded.flatMap(({ source }) => source.file.assumptions),
      ...aboutFiles(loaded.map(({ source, reading }) => ({ name: source.file.name, mapping: reading.mapping }))),
      ...aboutRules(first.reading),
      ...skipped.map((name) => `"${name}" was left out: it holds rows that an earlier audit rejected.`),
      ...[...same].map(([index, of]) => aboutSameFile(files[index]!.name, files[of]!.name)),
      ...(repeated > 0 ? [aboutSameRows(repeated, first.reading.mapping)] : []),
      ...rejects.flatMap(({ warning }) => warning ?? []),
    ],
    unread: [...new Set(loaded.flatMap(({ source, reading }) => unreadColumns(source.columns, reading.mapping)))],
    files: [...sources].map(([index, { file }], n) => ({
      index,
      name: file.name,
      mapping: loaded[n]!.reading.mapping,
      digest: () => digestOf(givenPath(file)),
    })),
    rejectedFiles: rejects.flatMap(({ file }) => file ?? []),
    locate: async (file, rows) => {
      const source = sources.get(file);
      return source ? placesOf(telemetry, source, file, rows) : new Map();
    },
  };
}

const aboutSameFile = (name: string, of: string) =>
  name === of ? `"${name}" was given twice and is counted once.` : `"${name}" holds the same as "${of}" and is counted once.`;

const aboutSameRows = (rows: number, { id }: Mapping) =>
  `${rows === 1 ? '1 row was there before and is' : `${rows} rows were there before and are`} counted once: the same "${id?.name ?? 'id'}" at the same time.`;

const nothingToRead = ([name]: readonly string[]) =>
  name === undefined
    ? 'No log file was named: say which file to read.'
    : `"${name}" holds rows that an earlier audit rejected. Audit the log that they come from.`;

interface Loaded {
  source: Source;
  reading: Reading;
}

/** What the files of a log have in common. */
interface Together extends ImportOptions {
  /** The columns of every file. */
  all: readonly (readonly Column[])[];
  /** How the first file was read. */
  first: Reading | undefined;
}

/** A file and a sample of it, or where the engine refuses it, of a copy without what is broken. */
export async function openSource(telemetry: ScratchTelemetry, opened: LogFile, onProgress: OnProgress): Promise<Source> {
  let file = opened;
  for (;;) {
    try {
      file = await unpackZstd(telemetry, file, onProgress);
      onProgress({ label: `Looking at ${basename(file.name)}`, done: 0, unit: 'rows' });
      return await readSource(telemetry, file);
    } catch (error) {
      file = await mended(file, error, onProgress);
    }
  }
}

/** Loads a file, or where the engine refuses it, a copy without what is broken. */
async function loadFile(telemetry: ScratchTelemetry, peeked: Source, index: number, together: Together): Promise<Loaded> {
  let source = peeked;
  for (;;) {
    let failure: unknown;
    const mapping = mappingOf(source, together);
    const rowStart = rowStartOf(source, mapping);
    try {
      const loaded = await loadOnce(telemetry, source, index, mapping, together);
      if (source.file.mended || !(await swallowedRows(telemetry, source, index, rowStart))) return loaded;
    } catch (error) {
      failure = error;
    }
    await unloadCalls(telemetry, index, together);
    const copy = await mended(source.file, failure, together.onProgress, rowStart);
    source = await openSource(telemetry, copy, together.onProgress);
  }
}

async function mended(file: LogFile, failure: unknown, onProgress: OnProgress, rowStart: string | null = null): Promise<LogFile> {
  if (failure !== undefined && !isMendable(failure)) throw failure;
  onProgress({ label: `Mending ${basename(file.name)}`, done: 0, unit: 'rows' });
  const copy = await mend(file, rowStart);
  if (!copy) throw unreadable(file, failure);
  return copy;
}

const noRules: Rules = { grader: null, format: null };

async function loadOnce(
  telemetry: ScratchTelemetry,
  source: Source,
  index: number,
  mapping: Mapping,
  { first, now, onProgress, whole }: Together,
): Promise<Loaded> {
  const rules: Rules = whole ? noRules : (first ?? (await chooseRules(telemetry, source, mapping)));
  const latest = new Date(now.getTime() + A_DAY_MS).toISOString();
  const reading: Reading = { mapping, grader: rules.grader, format: rules.format, latest, whole };
  await loadCalls(telemetry, source, index, reading, onProgress);
  return { source, reading };
}

function mappingOf({ columns, file }: Source, { all, first, whole, ...given }: Together): Mapping {
  const { mapping, missing } = mapColumns(columns, given, all);
  if (missing.length > 0) throw invalid(unknownColumn(missing, columns, file));
  requireSomething(mapping, file, columns);
  // What went in stays a list of messages; of a whole response the answer is taken. Every file has its own further columns.
  if (whole) {
    const chat = mapping.chat.filter((field) => field === 'output');
    // All of a tree is handed on, and not only its calls.
    return { ...mapping, among: null, chat, scores: [], segments: furtherColumns(columns, { ...mapping, chat }) };
  }
  // One meaning for all files: the columns of the first file name the segments and the rules of the rest.
  if (first) {
    mapping.segments = alike(first.mapping.segments, columns);
    mapping.scores = alike(first.mapping.scores, columns).map((ref, i) => ({ ...first.mapping.scores[i]!, ...ref }));
  }
  return mapping;
}

// What a later file lacks keeps its place and is empty there.
const alike = (first: readonly ColumnRef[], columns: readonly Column[]): ColumnRef[] =>
  first.map(({ name: wanted }) => {
    const { name, column, path } = columns.find(({ name }) => name === wanted) ?? { name: wanted, column: 0, path: ['\u0000'] };
    return { name, column, path };
  });

function aboutRules({ mapping, grader, format }: Reading): string[] {
  return [
    ...(grader
      ? [
          `No score column: an answer ${graders[grader].sentence} ("${mapping.fields.expected?.name}") counts as right (grader: ${graders[grader].name}).`,
        ]
      : []),
    ...aboutScores(mapping.scores, mapping.fields),
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
function requireSomething({ fields, scores }: Mapping, file: LogFile, columns: readonly Column[]) {
  const judged: Field[] = ['output', 'score', 'latency', 'cost', 'inputTokens', 'outputTokens', 'error', 'endTime'];
  if (judged.some((field) => fields[field]) || scores.length > 0) return;
  throw invalid(
    `No column of "${file.name}" could be used: it has ${listed(columns, 30)}. ` +
      `Say which is which, e.g. --map output=reply --map time=sent_at. Fields: output, score, latency, cost, inputTokens, outputTokens, error.`,
  );
}
