import { chatText } from './chat.ts';
import { withClock } from './clock-column.ts';
import type { ColumnRef } from './columns.ts';
import { durationOf } from './durations.ts';
import { endingOf, endOf, tailOf } from './endings.ts';
import { fieldNames, type Field } from './fields.ts';
import { formatSql, type FormatChoice } from './format.ts';
import { graders, type GraderName } from './grade.ts';
import type { Mapping } from './map-columns.ts';
import { BEYOND_MEASURE, numberOf } from './numbers.ts';
import { readTexts } from './read-texts.ts';
import { callIdOf } from './same-rows.ts';
import type { Source } from './source.ts';
import { textList, type Binder } from './sql.ts';
import { isEmpty, refusal } from './texts.ts';
import { failureOf, isMissing, nothing, timeOf, verdictOf } from './values.ts';

/** How the rows of a log become calls. */
export interface Reading {
  mapping: Mapping;
  grader: GraderName | null;
  format: FormatChoice | null;
  /** The latest time that is taken for true, ISO. */
  latest: string;
  /** Texts and segments are kept whole, and not judged. */
  whole?: boolean | undefined;
}

/** The texts of all mapped fields over one pass. `text(field)` is NULL where the log has no such column. */
export function fieldTexts(source: Source, mapping: Mapping, binder: Binder) {
  const wanted = fieldNames.filter((field) => mapping.fields[field]);
  const refs: ColumnRef[] = [
    ...wanted.map((field) => mapping.fields[field]!),
    ...mapping.segments,
    ...mapping.scores,
    ...(mapping.clock ? [mapping.clock] : []),
    ...(mapping.id ? [mapping.id] : []),
    ...(mapping.among ? [mapping.among.kind] : []),
  ];
  const { from: rows, texts } = readTexts(source, refs, binder);
  const kind = mapping.among ? texts.pop()! : null;
  const from =
    mapping.among && kind
      ? `select * from (${rows}) where broken != '' or has(${textList(mapping.among.calls)}, lower(trimBoth(ifNull(${kind}, ''))))`
      : rows;
  const clock = mapping.clock && texts[refs.indexOf(mapping.clock)]!;
  const text = (field: Field) => {
    if (!mapping.fields[field]) return nothing('String');
    const cell = texts[wanted.indexOf(field)]!;
    if (field === 'time' && clock) return withClock(cell, clock);
    if (!mapping.chat.includes(field)) return cell;
    return chatText(cell, mapping.conversation && field === 'input' ? 2 : 1);
  };
  const further = texts.slice(wanted.length);
  const segments = further.slice(0, mapping.segments.length);
  const scores = further.slice(mapping.segments.length, mapping.segments.length + mapping.scores.length);
  return { from, text, segments, scores, id: mapping.id ? texts.at(-1)! : nothing('String') };
}

const MAX_LABEL = 200;
const MAX_SEGMENT = 80;
/** The beginning of a message says what failed. */
const MAX_FAILURE = 120;
/** What is kept of a text, once all of it has been judged: no reader looks further. */
const MAX_TEXT = 2000;
/** Of a text that is kept whole, in characters: more than a server takes of one. */
const MAX_WHOLE = 1_100_000;

/** Layer by layer: the texts of a row, the values in them, what the values mean. Answers the columns of `call`, in their order. */
export function selectCalls(source: Source, index: number, reading: Reading, binder: Binder): string {
  const texts = selectTexts(source, reading, binder);
  const values = `select *, ${valueColumns(reading)} from (${texts})`;
  const judged = `select *, ${rejection(reading, binder)} as reject from (${values})`;
  return `select ${[String(index), ...callColumns(reading, binder)].join(', ')} from (${judged})`;
}

function selectTexts(source: Source, { mapping, whole }: Reading, binder: Binder): string {
  const { from, text, segments, scores, id } = fieldTexts(source, mapping, binder);
  const label = (sql: string, length: number) => `substringUTF8(ifNull(${sql}, ''), 1, ${length})`;
  const columns = {
    t_time: text('time'),
    t_end: text('endTime'),
    model: label(text('model'), MAX_LABEL),
    workflow: label(text('workflow'), MAX_LABEL),
    prompt_version: label(text('promptVersion'), MAX_LABEL),
    user: label(text('user'), MAX_LABEL),
    session: label(text('session'), MAX_LABEL),
    segment: `CAST([${segments.map((segment) => label(segment, whole ? MAX_WHOLE : MAX_SEGMENT)).join(', ')}], 'Array(String)')`,
    i: `ifNull(${text('input')}, '')`,
    o: `ifNull(${text('output')}, '')`,
    e: `ifNull(${text('expected')}, '')`,
    t_score: text('score'),
    t_latency: text('latency'),
    t_cost: text('cost'),
    t_input_tokens: text('inputTokens'),
    t_output_tokens: text('outputTokens'),
    t_error: text('error'),
    t_finish: text('finish'),
    t_id: id,
    scores: `CAST([${scores.map((score, n) => verdictOf(score, mapping.scores[n]!.comma, mapping.scores[n]!.grades)).join(', ')}], 'Array(Nullable(Float64))')`,
  };
  return `select row, raw, recoded, broken, ${asColumns(columns)} from (${from}) where not blank`;
}

const asColumns = (columns: Record<string, string>) =>
  Object.entries(columns)
    .map(([name, sql]) => `${sql} as ${name}`)
    .join(', ');

function valueColumns({ mapping: { fields, time, latencyInMs, latencyNamesUnit, commas, grades }, whole }: Reading): string {
  const duration = fields.latency
    ? latencyNamesUnit
      ? durationOf('t_latency')
      : `${numberOf('t_latency', commas.latency)}${latencyInMs ? ' / 1000' : ''}`
    : `dateDiff('millisecond', at, ended) / 1000`;
  return asColumns({
    at: fields.time ? timeOf(time, 't_time') : nothing('DateTime64(3)'),
    ended: fields.endTime ? timeOf(time, 't_end') : nothing('DateTime64(3)'),
    latency: duration,
    cost: numberOf('t_cost', commas.cost),
    given: fields.score ? verdictOf('t_score', commas.score, grades) : nothing('Float64'),
    tail: fields.output && !whole ? tailOf : `''`,
  });
}

/** Why a row cannot be used; empty when it can. */
function rejection({ mapping, latest }: Reading, binder: Binder): string {
  if (!mapping.fields.time) return 'broken';
  const now = `parseDateTime64BestEffort(${binder.bind(latest, 'String')}, 3, 'UTC')`;
  return `multiIf(broken != '', broken,
    isNull(at), if(${isMissing('t_time')}, 'no time', 'a time that cannot be read'),
    at > ${now}, 'a time in the future', at < toDateTime64('2001-01-01', 3, 'UTC'), 'a time before 2001', '')`;
}

function callColumns(reading: Reading, binder: Binder): string[] {
  const { mapping, format } = reading;
  const { output, error, score } = mapping.fields;
  const positive = (value: string) => `if(${value} >= 0 and ${value} < ${BEYOND_MEASURE}, ${value}, NULL)`;
  const answered = (sql: string) => (output ? sql : '0');
  const found = [
    scoreOf(reading),
    score ? `isNull(given) and not ${isMissing('t_score')}` : '0',
    positive('latency'),
    positive('cost'),
    positive(numberOf('t_input_tokens', mapping.commas.inputTokens)),
    positive(numberOf('t_output_tokens', mapping.commas.outputTokens)),
    error ? failureOf('t_error', error.name) : nothing('UInt8'),
    'lengthUTF8(o)',
    'lengthUTF8(i)',
    answered(refusal),
    answered(isEmpty),
    output && !reading.whole ? `${endingOf(mapping.fields.finish ? 't_finish' : null)} as how` : '0 as how',
    output && !reading.whole ? endOf(MAX_TEXT) : `''`,
    format && output ? `if(${isEmpty}, NULL, ${formatSql(format, binder)})` : nothing('UInt8'),
    mapping.id ? callIdOf : '0',
    error ? `if(${failureOf('t_error', error.name)} = 1, substringUTF8(ifNull(t_error, ''), 1, ${MAX_FAILURE}), '')` : `''`,
    'scores',
  ];
  const texts = ['i', 'o', 'e'].map((text) => `substringUTF8(${text}, 1, ${reading.whole ? MAX_WHOLE : MAX_TEXT})`).join(', ');
  const read = `row, reject, if(reject = '', '', toValidUTF8(raw)), recoded, at, model, workflow, prompt_version, user, session, segment, ${texts}`;
  // Who calls a tool answers nobody yet.
  const answers = mapping.fields.finish ? `not (${isEmpty} and ${callsTool})` : '1';
  return [read, output ? answers : '0', ...found];
}

const callsTool = `lower(ifNull(t_finish, '')) in ('tool_calls', 'function_call', 'tool_use', 'tool-calls')`;

function scoreOf({ mapping, grader }: Reading): string {
  if (mapping.fields.score) return 'given';
  // No answer to a question with a known answer is a wrong answer.
  return grader ? `if(e = '', NULL, if(trimBoth(o) = '', 0, ${graders[grader].sql}))` : nothing('Float64');
}
