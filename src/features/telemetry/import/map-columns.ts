import { aboutNumbers, aboutOdd, aboutTime, aboutUnused } from './about-columns.ts';
import { callsAmong, columnsOfCalls, type CallsAmong } from './calls-among.ts';
import { endsInAnswer } from './chat.ts';
import { areDurations } from './durations.ts';
import { filled, plain, scoresIn, type Column, type ColumnRef } from './columns.ts';
import { looksLike, looksLikeChat, tellsFailure, timeFormat, type TimeFormat } from './content.ts';
import { dateOrderOf, type Told } from './date-order.ts';
import { fieldNames, fields, numericFields, type Field } from './fields.ts';
import { labelPair } from './label-pairs.ts';
import { gradesOf, gradesSentence, type Grades } from './grades.ts';
import { foreignNames, unaccented } from './names.ts';
import { isFeedback, placeByWords, senseOfScore, tellsQuality } from './name-words.ts';
import { clockBeside } from './clock-column.ts';
import { commaOf, readNumber, type Comma } from './numbers.ts';
import { idIn } from './same-rows.ts';
import { furtherScores, type ScoreRef } from './score-columns.ts';
import { isWithin } from './unread.ts';
import { areSerialDays } from './written-times.ts';

export interface Mapping {
  fields: Partial<Record<Field, ColumnRef>>;
  /** Further columns with few values, by which rows can be told apart. */
  segments: ColumnRef[];
  /** Scores beside `fields.score`. */
  scores: ScoreRef[];
  /** Which rows are calls, where others stand beside them. */
  among: CallsAmong | null;
  /** What tells one call from another, where the log has it. */
  id: ColumnRef | null;
  time: TimeFormat;
  /** The time of day, where it stands in a column of its own. */
  clock: ColumnRef | null;
  /** The column is milliseconds; Steward counts seconds. */
  latencyInMs: boolean;
  /** Each value of it names its unit. */
  latencyNamesUnit: boolean;
  /** Of a score in words of more than two levels: these. */
  grades: Grades | null;
  /** What a comma in the numbers of a field is, where it has any. */
  commas: Partial<Record<Field, Comma>>;
  /** Input or output are lists of chat messages. */
  chat: readonly Field[];
  /** Both are in one column: the last message is the answer, the one before it the question. */
  conversation: boolean;
  /** What was assumed, a sentence each. */
  assumptions: string[];
}

/** Fields by whose values calls are compared as it is. */
const dimensionFields = ['model', 'promptVersion', 'workflow'] as const;

/** A segment has at most this many values in the sample; more is an id. */
const MAX_SEGMENT_VALUES = 24;
const MAX_SEGMENTS = 8;

/** What people say of a log by hand. */
export interface Given {
  /** Field → column. */
  map: Partial<Record<Field, string>>;
  /** Which of two slashed numbers is the month, where the log does not show it. */
  dateOrder?: 'dmy' | 'mdy' | undefined;
  /** A column by which rows are to be told apart, however many values it has. */
  groupBy?: string | undefined;
  /** Nothing in a log is later than this, give or take. */
  now?: Date | undefined;
}

/**
 * Finds the column of each field, first by name, then by content. `given` overrides by hand. `all`: the columns of every file of the
 * log, because what a number or a date means is decided for all files at once.
 * Answers the columns that were given but do not exist in `missing`.
 */
export function mapColumns(
  rows: readonly Column[],
  given: Given,
  files: readonly (readonly Column[])[] = [rows],
): { mapping: Mapping; missing: string[] } {
  const among = callsAmong(rows);
  const columns = among ? columnsOfCalls(rows, among) : rows;
  const all = among ? files.map((one) => columnsOfCalls(one, callsAmong(one) ?? among)) : files;
  const found: Partial<Record<Field, Column>> = {};
  const missing: string[] = [];
  for (const [field, name] of Object.entries(given.map) as [Field, string][]) {
    const column = columns.find((candidate) => candidate.name === name);
    if (column) found[field] = column;
    else missing.push(name);
  }
  const paired = labelPair(columns, found);
  for (const field of fieldNames) found[field] ??= byName(field, columns, found);
  byContent(columns, found, paired);
  if (!found.expected) found.score ??= scoreByMeasure(columns, found, all);
  return { mapping: describe(columns, found, given, all, among), missing };
}

/** Where no name says "score", what a grader measured: the one that most rows have. */
function scoreByMeasure(
  columns: readonly Column[],
  found: Partial<Record<Field, Column>>,
  all: readonly (readonly Column[])[],
): Column | undefined {
  const good = furtherScores(columns, found, all).filter(({ worse }) => worse === 'down');
  return columns
    .filter(({ name }) => good.some((one) => one.name === name))
    .sort((a, b) => filled(b).length - filled(a).length)[0];
}

const taken = (found: Partial<Record<Field, Column>>, column: Column) => Object.values(found).includes(column);

/** "Antwortzeit (s)", "Kosten [EUR]". */
const UNIT = /\s*[([][^)\]]*[)\]]\s*$/;

/** After every English name. */
const FOREIGN = 60;
/** A name of which only the words fit comes after every whole name. */
const BY_WORDS = 80;

/** Where a whole name stands among those of the field; -1 where it does not. */
function placeOfName(field: Field, name: string): number {
  const own = fields[field].aliases.indexOf(plain(name));
  const other = foreignNames(field).indexOf(unaccented(plain(name.replace(UNIT, ''))));
  return own < 0 && other >= 0 ? FOREIGN + other / 10 : own;
}

const placeOfWhole = (field: Field, name: string, path: Column['path']) =>
  Math.max(placeOfName(field, name), path.length > 0 ? placeOfName(field, String(path.at(-1))) : -1);

/** The likeliest alias wins; among equals the column that stands highest. */
function byName(field: Field, columns: readonly Column[], found: Partial<Record<Field, Column>>): Column | undefined {
  const { aliases } = fields[field];
  const placeOf = (name: string) => {
    const whole = placeOfName(field, name);
    if (whole >= 0) return whole;
    const byWords = placeByWords(field, name);
    return byWords < 0 ? -1 : BY_WORDS + byWords;
  };
  // "timing.total_ms", "feedback.value": such an end says nothing alone.
  const placeOfLeaf = ({ name, path }: Column) => {
    const leaf = String(path.at(-1));
    return placeOf(GENERIC.test(leaf) ? name.split('.').slice(-2).join('_') : leaf);
  };
  const rank = (column: Column) => {
    const whole = placeOf(column.path.length === 0 || aliases.includes(plain(column.name)) ? column.name : '');
    // Of "output" and "out.put" the one that is written as we write it.
    const asWritten = aliases.includes(column.name.toLowerCase()) ? 0 : 0.001;
    if (whole >= 0) return whole + column.path.length / 100 + asWritten + (isWrapper(column) ? WRAPPED : 0);
    // A name at the end of a path counts less than any whole name, and what the first of some messages says is no field.
    const leaf =
      column.path.length > 0 && !isFirstMessage(column) && !isOfTool(column) && !isOfWho(field, column)
        ? placeOfLeaf(column)
        : -1;
    return leaf >= 0 ? 100 + leaf + column.path.length / 100 : Infinity;
  };
  const named = columns
    .filter((column) => Number.isFinite(rank(column)) && !taken(found, column))
    .sort((a, b) => rank(a) - rank(b));
  return (
    named.find((column) => {
      const values = filled(column);
      if (field === 'score' && found.expected && isFeedback(column.name)) return false;
      return values.length > 0 && fits(field, column, values);
    }) ?? (field === 'error' ? named.find(isWithoutErrors) : undefined)
  );
}

/** A column of errors that holds none says that no call failed. A status without a value says nothing. */
const isWithoutErrors = (column: Column) =>
  filled(column).length === 0 && column.path.length === 0 && !/(level|status|code)$/i.test(column.name);

const fits = (field: Field, { name, path }: Column, values: readonly string[]) =>
  (looksLike[fields[field].content](values) ||
    (field === 'score' && tellsQuality(name) && gradesOf(values) !== null) ||
    (field === 'time' && areSerialDays(values)) ||
    (field === 'latency' && areDurations(values))) &&
  (field !== 'error' || tellsFailure(name, values)) &&
  (placeOfWhole(field, name, path) >= 0 || fitsWords(field, values));

/** Whose name only has the right words holds what the field does, and no moment or number that is named alike. */
function fitsWords(field: Field, values: readonly string[]): boolean {
  if (fields[field].content === 'number') return !looksLike.time(values);
  return fields[field].content !== 'text' || field === 'expected' || !(looksLike.number(values) || looksLike.time(values));
}

/** What a tool is called, and called with, is no field of the call that asks for it. */
const isOfTool = ({ path }: Column) => path.some((key) => /^(tools?|tool_?calls|functions?|function_?call)$/i.test(String(key)));

const GENERIC = /^(value|total|(total_?)?(ms|s|sec|seconds))$/i;

/** "tenant.name" is who asks, and no workflow. */
const isOfWho = (field: Field, { name, path }: Column) =>
  field === 'workflow' &&
  /^name$/i.test(String(path.at(-1))) &&
  /(tenant|customer|client|user|account|org|organi[sz]ation|company|team|owner|region|provider|environment|host)s?[._]name$/i.test(
    name,
  );

const isFirstMessage = ({ name }: Column) => /(^|\.)messages\.0\./i.test(name);

/** A whole request or response counts less than the text inside it that has a name of its own. */
const WRAPPED = 90;
const isWrapper = (column: Column) => {
  const values = filled(column);
  return values.length > 0 && values.every((value) => /^\s*\{/.test(value)) && !looksLikeChat(values);
};

const MODEL = /\b(gpt|claude|gemini|llama|mistral|mixtral|qwen|deepseek|command|nova|phi|grok|o[134])[-\w.]*\d/i;

/** What no name gave away: a column of times, a column of model names, the two longest texts. */
function byContent(columns: readonly Column[], found: Partial<Record<Field, Column>>, paired: boolean) {
  const free = columns.filter(
    (column) => column.path.length === 0 && !taken(found, column) && filled(column).length > 0 && !isNamedTime(column),
  );
  found.time ??= free.find((column) => looksLike.time(filled(column)) && new Set(filled(column)).size > 1);
  found.model ??= free.find((column) => filled(column).every((value) => value.length < 80 && MODEL.test(value)));
  found.score ??= scoresIn(columns)
    .filter((column) => !taken(found, column) && senseOfScore(column.name.replace(/^scores?[._ ]/i, ''), true) === 'down')
    .sort((a, b) => filled(b).length - filled(a).length)[0];
  if (found.output) {
    found.input ??= questionBefore(found.output, free, paired);
    return;
  }
  if (found.input && filled(found.input).every(endsInAnswer)) {
    found.output = found.input;
    return;
  }
  const texts = free
    .filter((column) => !taken(found, column) && length(column) > 15 && !looksLike.number(filled(column)) && !isBag(column))
    .sort((a, b) => columns.indexOf(a) - columns.indexOf(b));
  // A question comes before its answer.
  found.output = texts.at(-1);
  if (texts.length > 1) found.input ??= texts[0];
}

/** Times in a format that nobody knows are no texts. */
const isNamedTime = ({ name }: Column) => (['time', 'endTime'] as const).some((field) => placeOfName(field, name) >= 0);

/** Texts that differ from row to row, before the answer: a classifier's "text", a desk's "ticket"; more than labels are, where that is the answer. */
function questionBefore(output: Column, free: readonly Column[], paired: boolean): Column | undefined {
  return free
    .filter(({ column }) => column < output.column)
    .filter((column) => {
      const values = filled(column);
      const spoken = values.filter((value) => /\S\s+\S+\s+\S/.test(value)).length;
      return (
        !isBag(column) &&
        spoken >= MOSTLY * values.length &&
        new Set(values).size >= (paired ? MAX_SEGMENT_VALUES : values.length / 2) &&
        !looksLike.time(values)
      );
    })
    .sort((a, b) => length(b) - length(a))[0];
}

const MOSTLY = 0.8;

/** What is kept beside a call is not what was said. */
const isBag = ({ name }: Column) => /^(attributes|resource|metadata|tags|scores?|span_?id)$/i.test(name);

const length = (column: Column) => filled(column).reduce((sum, value) => sum + value.length, 0) / filled(column).length;

function describe(
  columns: readonly Column[],
  found: Partial<Record<Field, Column>>,
  given: Given,
  all: readonly (readonly Column[])[],
  among: CallsAmong | null,
): Mapping {
  const assumptions: string[] = among ? [`Rows of which "${among.kind.name}" names no call of a model are left out.`] : [];
  for (const field of fieldNames) if (!found[field]) delete found[field];
  const { time, by } = timeOf(found.time, all, given);
  if (found.time) assumptions.push(...aboutTime(found.time.name, filled(found.time), time, by));
  const clock = found.time && clockBeside(found.time, columns);
  if (clock) assumptions.push(`The time of day is read from "${clock.name}".`);
  const latencyNamesUnit = found.latency !== undefined && areDurations(filled(found.latency));
  const latencyInMs = found.latency !== undefined && !latencyNamesUnit && inMilliseconds(found.latency, all);
  if (found.latency)
    assumptions.push(
      `Latency "${found.latency.name}" is read ${latencyNamesUnit ? 'in the units that it names' : latencyInMs ? 'as milliseconds' : 'as seconds'}.`,
    );
  if (!found.latency && found.time && found.endTime)
    assumptions.push(`Latency is "${found.endTime.name}" minus "${found.time.name}".`);
  const commas = commasOf(found, all);
  const further = furtherScores(columns, found, all);
  const scores = columns.filter(
    (column) =>
      scoresIn(columns).includes(column) ||
      (column.path.length === 0 && isJudged(column)) ||
      further.some(({ name }) => name === column.name),
  );
  const grades = found.score ? gradesOf(everywhere(found.score, all).flat()) : null;
  assumptions.push(
    ...(grades ? [gradesSentence(found.score!.name, grades, filled(found.score!))] : []),
    ...aboutNumbers(found, commas),
    ...aboutOdd(found, commas),
    ...aboutUnused(columns, found),
  );
  const chat = (['input', 'output'] as const).filter((field) => found[field] && looksLikeChat(filled(found[field])));
  const conversation = found.input !== undefined && found.input === found.output;
  if (conversation)
    assumptions.push(
      `"${found.input!.name}" holds question and answer: the last message is read as the answer, the one before it as the question.`,
    );
  const asked = columns.filter(
    ({ name }) => name === given.groupBy && !dimensionFields.some((field) => found[field]?.name === name),
  );
  const offered = columns.filter(
    (column) =>
      isSegment(column) &&
      !taken(found, column) &&
      column !== clock &&
      !scores.includes(column) &&
      !chat.some((field) => isWithin(column, found[field]!)) &&
      !asked.includes(column),
  );
  const segments = [...asked, ...offered].slice(0, MAX_SEGMENTS);
  const id = idIn(columns, (column) => taken(found, column));
  const ref = ({ name, column, path }: Column): ColumnRef => ({ name, column, path });
  return {
    fields: Object.fromEntries(Object.entries(found).map(([field, column]) => [field, ref(column)])),
    segments: segments.map(ref),
    scores: further.filter(({ name }) => !asked.some((column) => column.name === name)),
    among,
    id: id ? ref(id) : null,
    time: given.dateOrder ?? time,
    clock: clock ? ref(clock) : null,
    latencyInMs,
    latencyNamesUnit,
    grades,
    commas,
    chat,
    conversation,
    assumptions,
  };
}

function commasOf(found: Partial<Record<Field, Column>>, all: readonly (readonly Column[])[]): Mapping['commas'] {
  const commas: Mapping['commas'] = {};
  for (const field of numericFields) {
    const values = found[field] ? everywhere(found[field], all).flat() : [];
    if (values.some((value) => value.includes(','))) commas[field] = commaOf(values);
  }
  return commas;
}

/** The values of a column in every file that has one of that name. */
const everywhere = ({ name }: Column, all: readonly (readonly Column[])[]) =>
  all.flatMap((columns) => columns.filter((column) => column.name === name)).map(filled);

/** How times are read, and what tells day and month apart: the file's own values, or where those leave it open, all files. */
function timeOf(
  column: Column | undefined,
  all: readonly (readonly Column[])[],
  { dateOrder, now }: Given,
): { time: TimeFormat; by: Told['by'] } {
  const own = column ? filled(column) : [];
  const time = (own.length > 0 && (timeFormat(own) ?? (areSerialDays(own) ? 'serial' : null))) || 'auto';
  if (!column || (time !== 'mdy' && time !== 'dmy')) return { time, by: 'value' };
  if (dateOrder) return { time: dateOrder, by: 'value' };
  const alone = dateOrderOf([own], now);
  const { order, by } = alone.by === 'value' ? alone : dateOrderOf(everywhere(column, all), now);
  return { time: order, by };
}

/** No model takes longer as a rule, in seconds; no model answers sooner, in milliseconds. */
const SLOWEST_S = 200;
const SOONEST_MS = 20;

/** By the name where it says so, else by size over all files: only a file whose values cannot be in the unit of the others has its own. */
function inMilliseconds(column: Column, all: readonly (readonly Column[])[]): boolean {
  const name = plain(column.name);
  if (/(ms|millis(econds)?|millisekunden|milisegundos|millisecondi|millisecondes)$/.test(name)) return true;
  if (/(seconds|latencys|sec|sekunden|secondes|segundos|secondi|seconden)$/.test(name)) return false;
  const files = everywhere(column, all);
  const comma = commaOf(files.flat());
  const slow = files.some((values) => median(values, comma) > SLOWEST_S);
  return slow && (all.length === 1 || median(filled(column), comma) >= SOONEST_MS);
}

function median(values: readonly string[], comma: Comma): number {
  const sorted = values.flatMap((value) => readNumber(value, comma) ?? []).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** A score by the words of its name and by what it holds: it came out, and nothing is compared by it. */
function isJudged(column: Column): boolean {
  const values = filled(column);
  if (!tellsQuality(column.name) || values.length === 0) return false;
  return gradesOf(values) !== null || (looksLike.verdict(values) && !looksLike.time(values));
}

const isInScores = ({ name, path }: Column) => path.length > 0 && /^scores?\./i.test(name);

function isSegment(column: Column): boolean {
  const values = filled(column);
  const distinct = new Set(values).size;
  // A score is what came out, not what went in.
  if (isInScores(column) || column.path.length > 2 || distinct < 2 || distinct > MAX_SEGMENT_VALUES) return false;
  return (
    values.length >= column.values.length / 2 &&
    distinct <= values.length / 5 &&
    values.every((value) => value.length <= 80 && !/^\s*[[{]/.test(value))
  );
}
