import { z } from 'zod';
import type { Progress } from '../../../platform/context.ts';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import type { ColumnRef } from './columns.ts';
import { verdicts, type TimeFormat } from './content.ts';
import { fieldNames, type Field } from './fields.ts';
import { formatNames, formats, pickFormat, type FormatName } from './format.ts';
import { graderNames, graders, pickGrader, type GraderName, type GraderTrial } from './grade.ts';
import type { Mapping } from './map-columns.ts';
import { isJson, readSettings, readTexts, skip, type Source } from './source.ts';
import { Binder } from './sql.ts';
import { refusal } from './texts.ts';

/** How the rows of a log become calls. */
export interface Reading {
  mapping: Mapping;
  grader: GraderName | null;
  format: FormatName | null;
  /** The latest time that is taken for true, ISO. */
  latest: string;
}

/** One row per AI call; `reject` holds the reason of those that cannot be used, whose text is in `raw`. */
export const createCalls = `
  create table call (
    file UInt16, row UInt64, reject LowCardinality(String), raw String, recoded UInt8,
    at Nullable(DateTime64(3, 'UTC')),
    model LowCardinality(String), workflow LowCardinality(String), prompt_version LowCardinality(String),
    user String, session String,
    segment Array(LowCardinality(String)),
    input String, output String, expected String,
    has_output UInt8, graded Nullable(Float64), score_unread UInt8,
    latency_s Nullable(Float64), cost_usd Nullable(Float64), input_tokens Nullable(Float64), output_tokens Nullable(Float64),
    error Nullable(UInt8), output_length UInt32, input_length UInt32, refusal UInt8, empty UInt8, format_valid Nullable(UInt8)
  ) engine = MergeTree order by tuple()`;

const LOAD_LIMIT_MS = 3_600_000;

/** Reads a whole file into `call`. The engine parses; no row passes through JavaScript. */
export async function loadCalls(
  telemetry: Telemetry,
  source: Source,
  index: number,
  reading: Reading,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const binder = new Binder();
  const statement = `insert into call ${selectCalls(source, index, reading, binder)}`;
  const queryId = `load-${process.pid}-${index}-${Date.now()}`;
  const total = estimatedRows(source);
  const watch = setInterval(() => {
    void telemetry.progressOf(queryId).then((at) => {
      if (at)
        onProgress({ label: source.file.name, done: at.rows, ...(total && { total: Math.max(total, at.rows) }), unit: 'rows' });
    });
  }, 200);
  try {
    await telemetry.command(statement, binder.params, {
      queryId,
      timeoutMs: LOAD_LIMIT_MS,
      settings: { ...readSettings(source.file), ...skip(source.header), max_insert_threads: '2' },
    });
  } finally {
    clearInterval(watch);
  }
}

/** Rows by the size of the file; nothing for compressed files, whose size says little. */
export function estimatedRows({ file, columns }: Source): number | undefined {
  if (file.compression !== 'none' || file.format === 'parquet') return undefined;
  const top = columns.filter(({ path }) => path.length === 0);
  const rows = top[0]?.values.length ?? 0;
  const bytes = top.reduce(
    (sum, { name, values }) =>
      sum + values.reduce((s, value) => s + (value?.length ?? 0) + (isJson(file) ? name.length + 5 : 1), 0),
    0,
  );
  return bytes > 0 ? Math.round((file.bytes / bytes) * rows) : undefined;
}

/** Tries every grader and every form on the first rows, and picks. */
export async function chooseRules(
  telemetry: Telemetry,
  source: Source,
  mapping: Mapping,
): Promise<{ grader: GraderName | null; format: FormatName | null }> {
  const binder = new Binder();
  const { from, text } = texts(source, mapping, binder);
  if (!mapping.fields.output) return { grader: null, format: null };
  const trial = graderNames.map(
    (name) =>
      `avgIf(${graders[name].sql}, e != '') as right_${name}, avgIf(${graders[name].coverage}, e != '') as coverage_${name}`,
  );
  const forms = formatNames.map((name) => `avg(${formats[name].sql}) as form_${name}`);
  const [row] = await telemetry.rows(z.record(z.string(), z.number().nullable()))(
    `select countIf(e != '') as expected, ${[...trial, ...forms].join(', ')} from (
       select ifNull(${text('output')}, '') as o, ifNull(${text('expected')}, '') as e from (${from}) where not blank and broken = '' and o != '' limit 5000)`,
    binder.params,
    { settings: { ...readSettings(source.file), ...skip(source.header) }, timeoutMs: 300_000 },
  );
  const found = (key: string) => row?.[key] ?? 0;
  const format = pickFormat(
    Object.fromEntries(formatNames.map((name) => [name, found(`form_${name}`)])) as Record<FormatName, number>,
  );
  const trials = Object.fromEntries(
    graderNames.map((name) => [name, { right: found(`right_${name}`), coverage: found(`coverage_${name}`) }]),
  );
  const expected =
    source.columns
      .find(({ name }) => name === mapping.fields.expected?.name)
      ?.values.filter((value): value is string => Boolean(value)) ?? [];
  const grader = mapping.fields.score || found('expected') === 0 ? null : pickGrader(trials as GraderTrial, expected);
  return { grader, format };
}

/** The texts of all mapped fields over one pass. `text(field)` is NULL where the log has no such column. */
function texts(source: Source, mapping: Mapping, binder: Binder) {
  const wanted = fieldNames.filter((field) => mapping.fields[field]);
  const refs: ColumnRef[] = [...wanted.map((field) => mapping.fields[field]!), ...mapping.segments];
  const { from, texts } = readTexts(source, refs, binder);
  const text = (field: Field) =>
    mapping.fields[field] ? chatText(texts[wanted.indexOf(field)]!, mapping.chat.includes(field)) : 'NULL';
  return { from, text, segments: texts.slice(wanted.length) };
}

/** Of a list of messages, what the last one says. */
function chatText(text: string, chat: boolean): string {
  if (!chat) return text;
  const messages = `JSONExtractArrayRaw(ifNull(${text}, ''))`;
  const said = `arrayElement(${messages}, -1)`;
  return `if(empty(${messages}), ${text}, coalesce(nullIf(JSONExtractString(${said}, 'content'), ''), nullIf(JSONExtractString(${said}, 'content', 1, 'text'), ''), nullIf(JSONExtractString(${said}, 'parts', 1, 'content'), ''), ${said}))`;
}

const nothing = (type: string) => `CAST(NULL, 'Nullable(${type})')`;

/** Layer by layer: texts, then values, then what the values mean. */
function selectCalls(source: Source, index: number, reading: Reading, binder: Binder): string {
  const { mapping } = reading;
  const { from, text, segments } = texts(source, mapping, binder);
  const has = (field: Field) => mapping.fields[field] !== undefined;
  const label = (field: Field, as: string) => `substringUTF8(ifNull(${text(field)}, ''), 1, 200) as ${as}`;
  const readTexts = `
    select row, raw, recoded, blank, broken, ${text('time')} as t_time, ${has('endTime') ? timeOf(mapping.time, text('endTime')) : nothing('DateTime64(3)')} as ended,
      ${label('model', 'model')}, ${label('workflow', 'workflow')}, ${label('promptVersion', 'prompt_version')}, ${label('user', 'user')}, ${label('session', 'session')},
      CAST([${segments.map((segment) => `substringUTF8(ifNull(${segment}, ''), 1, 80)`).join(', ')}], 'Array(String)') as segment,
      ifNull(${text('input')}, '') as i, ifNull(${text('output')}, '') as o, ifNull(${text('expected')}, '') as e,
      ifNull(${text('score')}, '') as t_score, ${text('latency')} as t_latency, ${text('cost')} as t_cost,
      ${text('inputTokens')} as t_input_tokens, ${text('outputTokens')} as t_output_tokens, ifNull(${text('error')}, '') as t_error,
      lower(ifNull(${text('finish')}, '')) as finish
    from (${from}) where not blank`;
  const readValues = `
    select *, ${has('time') ? timeOf(mapping.time, 't_time') : nothing('DateTime64(3)')} as at,
      ${has('latency') ? `${numberOf('t_latency')}${mapping.latencyInMs ? ' / 1000' : ''}` : `dateDiff('millisecond', at, ended) / 1000`} as latency,
      ${numberOf('t_cost')} as cost, ${verdictOf('t_score')} as given
    from (${readTexts})`;
  const judge = `
    select *, multiIf(broken != '', broken, ${timeChecks(mapping, binder.bind(reading.latest, 'String'))} '') as reject
    from (${readValues})`;
  const output = has('output') ? '1' : '0';
  return `
    select ${index}, row, reject, if(reject = '', '', raw), recoded, at, model, workflow, prompt_version, user, session, segment,
      i, o, e, ${output}, ${scoreOf(reading)}, t_score != '' and isNull(given),
      if(latency >= 0, latency, NULL), if(cost >= 0, cost, NULL), ${numberOf('t_input_tokens')}, ${numberOf('t_output_tokens')},
      ${has('error') ? failureOf('t_error', mapping.fields.error!.name) : nothing('UInt8')},
      lengthUTF8(o), lengthUTF8(i), ${output} and ${refusal}, ${output} and (trimBoth(o) = '' or match(finish, 'length|max_')),
      ${reading.format && has('output') ? `if(trimBoth(o) = '', NULL, ${formats[reading.format].sql})` : nothing('UInt8')}
    from (${judge})`;
}

function scoreOf({ mapping, grader }: Reading): string {
  if (mapping.fields.score) return 'given';
  // No answer to a question with a known answer is a wrong answer.
  return grader ? `if(e = '', NULL, if(trimBoth(o) = '', 0, ${graders[grader].sql}))` : nothing('Float64');
}

function numberOf(column: string): string {
  const read = `toFloat64OrNull(replaceAll(replaceAll(trimBoth(ifNull(${column}, '')), '$', ''), ',', ''))`;
  return `if(isFinite(${read}), ${read}, NULL)`;
}

const wordsFor = (verdict: 0 | 1) =>
  `[${Object.keys(verdicts)
    .filter((word) => verdicts[word] === verdict)
    .map((word) => `'${word}'`)
    .join(', ')}]`;

function verdictOf(column: string): string {
  const word = `lower(trimBoth(${column}))`;
  return `multiIf(has(${wordsFor(1)}, ${word}), 1, has(${wordsFor(0)}, ${word}), 0, ${numberOf(column)})`;
}

const perMs: Partial<Record<TimeFormat, number>> = { seconds: 1000, milliseconds: 1, microseconds: 1e-3, nanoseconds: 1e-6 };

function timeOf(format: TimeFormat, text: string): string {
  const factor = perMs[format];
  if (factor) return `fromUnixTimestamp64Milli(toInt64OrNull(toString(round(toFloat64OrNull(${text}) * ${factor}))))`;
  return `parseDateTime64BestEffort${format === 'mdy' ? 'US' : ''}OrNull(replaceOne(ifNull(${text}, ''), ', ', ' '), 3, 'UTC')`;
}

const noFailure = `['', '0', 'false', 'no', 'none', 'null', 'nil', '{}', '[]', 'ok', 'success', 'succeeded', 'successful', 'completed',
  'complete', 'done', 'default', 'debug', 'info', 'log', 'warning', 'warn', 'notice', 'unset', 'status_code_unset', 'status_code_ok']`;

/** An error column is a message, a flag, a level or an HTTP status. */
function failureOf(column: string, name: string): string {
  const word = `lower(trimBoth(${column}))`;
  const number = `toFloat64OrNull(${word})`;
  return `multiIf(has(${noFailure}, ${word}), 0, isNotNull(${number}), ${/status|code/i.test(name) ? `${number} >= 400` : `${number} != 0`}, 1)`;
}

function timeChecks({ fields }: Mapping, latest: string): string {
  if (!fields.time) return '';
  return `trimBoth(ifNull(t_time, '')) = '', 'no time', isNull(at), 'a time that cannot be read',
    at > parseDateTime64BestEffort(${latest}, 3, 'UTC'), 'a time in the future', at < toDateTime64('2001-01-01', 3, 'UTC'), 'a time before 2001',`;
}
