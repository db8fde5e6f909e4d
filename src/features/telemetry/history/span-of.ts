import { createHash } from 'node:crypto';
import type { Mapping } from '../import/map-columns.ts';
import { plain } from '../import/columns.ts';
import { attributesOf, type Plain } from './attributes.ts';
import { flatten } from './flatten.ts';
import type { Call } from './store.ts';

/** Where a row comes from, and what holds for all rows of its file. */
export interface Origin {
  /** Name of the file, without its directory. */
  file: string;
  /** SHA-256 of the file's bytes. */
  digest: string;
  mapping: Mapping;
  /** Where the log names none. */
  workflow: string;
}

interface Event {
  name: string;
  timeUnixNano: string;
  attributes: { key: string; value: object }[];
}

/** A span as OTLP writes it in JSON. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano?: string;
  attributes: { key: string; value: object }[];
  events: Event[];
  status: { code?: number; message?: string };
}

/** A row of a log as a span. The same row has the same ids, however often it is read. Pure. */
export function spanOf(call: Call, origin: Origin): OtlpSpan {
  const { mapping } = origin;
  const further = furtherOf(call, mapping);
  const { traceId, spanId } = idsOf(call, origin, further);
  const failed = call.error === 1;
  const said = mapping.fields.error && textIn(further, mapping.fields.error.name);
  const scores = scoresOf(call, mapping, further);
  for (const { column } of scores) further.delete(column);
  const told = knownOf(call, origin, further);
  const known = { ...Object.fromEntries(further), ...told };
  return {
    traceId,
    spanId,
    name: call.model === '' ? 'chat' : `chat ${call.model}`,
    kind: 3,
    startTimeUnixNano: nanos(call.at_ms),
    ...(call.latency_s !== null && { endTimeUnixNano: nanos(call.at_ms + call.latency_s * 1000) }),
    attributes: attributesOf(known),
    events: scores.map(({ name, value }) => ({
      name: 'gen_ai.evaluation.result',
      timeUnixNano: nanos(call.at_ms),
      attributes: attributesOf({ 'gen_ai.evaluation.name': name, 'gen_ai.evaluation.score.value': value }),
    })),
    status: failed ? { code: 2, ...(said && { message: said }) } : {},
  };
}

/** To the microsecond; all digits of nanoseconds do not fit into a number. */
const nanos = (ms: number) => `${Math.round(ms * 1000)}000`;

/** Names by which logs call what is no field of an audit. Letters and digits in lower case. */
const alsoKnown: Record<string, readonly string[]> = {
  'deployment.environment.name': ['environment', 'env', 'deploymentenvironment', 'stage'],
  'gen_ai.provider.name': ['provider', 'providername', 'modelprovider', 'genaisystem', 'genaiprovidername', 'vendor'],
  'gen_ai.prompt.name': ['promptname', 'prompttemplatename'],
  'gen_ai.usage.cache_read.input_tokens': [
    'cachedinputtokens',
    'cachedtokens',
    'cachereadinputtokens',
    'usagecachereadinputtokens',
    'usageprompttokensdetailscachedtokens',
    'responseusageprompttokensdetailscachedtokens',
  ],
  'gen_ai.usage.reasoning.output_tokens': [
    'reasoningtokens',
    'reasoningoutputtokens',
    'usagecompletiontokensdetailsreasoningtokens',
    'responseusagecompletiontokensdetailsreasoningtokens',
  ],
};
const attributeNamed = new Map(Object.entries(alsoKnown).flatMap(([to, names]) => names.map((name) => [name, to] as const)));

/** What conventions have a name for. Taken out of `further` where it stood there. */
function knownOf(call: Call, { file, mapping, workflow }: Origin, further: Map<string, Plain>): Record<string, Plain> {
  const known: Record<string, Plain | null> = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.response.model': call.model,
    'steward.workflow': call.workflow || workflow,
    'steward.import.file': file,
    'steward.import.row': call.row + 1,
    'gen_ai.prompt.version': call.prompt_version,
    'user.id': call.user,
    'session.id': call.session,
    'gen_ai.input.messages': call.input,
    'gen_ai.output.messages': call.output,
    'gen_ai.usage.input_tokens': call.input_tokens,
    'gen_ai.usage.output_tokens': call.output_tokens,
    'gen_ai.usage.cost': call.cost_usd,
    expected: call.expected,
  };
  const finish = mapping.fields.finish && textIn(further, mapping.fields.finish.name);
  if (finish) known['gen_ai.response.finish_reasons'] = finish;
  for (const [name, value] of further) {
    const to = attributeNamed.get(plain(name));
    if (to === undefined || known[to] !== undefined) continue;
    known[to] = to.endsWith('tokens') ? numberIn(value) : value;
    further.delete(name);
  }
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, Plain] => entry[1] !== null && entry[1] !== ''),
  );
}

const textIn = (further: ReadonlyMap<string, Plain>, name: string) => {
  const value = further.get(name);
  return value === undefined ? null : String(value);
};

const numberIn = (value: Plain) => (value !== '' && Number.isFinite(Number(value)) ? Number(value) : null);

/** The columns that no field was read from, and what is inside those that hold JSON. */
function furtherOf({ segment }: Call, { segments, fields }: Mapping): Map<string, Plain> {
  const read = Object.entries(fields)
    .filter(([field]) => field !== 'error' && field !== 'finish')
    .map(([, { name }]) => name);
  return new Map(
    segments
      .flatMap(({ name, path }, n) => flatten(name, segment[n] ?? '', path.length === 0 && name === fields.output?.name))
      // A list whose first entry was read is not told twice.
      .filter(([name]) => !read.some((taken) => taken === name || taken.startsWith(`${name}.`))),
  );
}

interface Given {
  name: string;
  value: number;
  /** Where it stood among the further columns, if there. */
  column: string;
}

const scoreName = (column: string) => column.replace(/^scores?[._ ](?=.)/i, '');

/** The score that an audit would judge, as it was read, and further columns that are scores by name and value. */
function scoresOf({ graded }: Call, { fields }: Mapping, further: ReadonlyMap<string, Plain>): Given[] {
  const judged = fields.score?.name;
  const own = judged !== undefined && graded !== null ? [{ name: scoreName(judged), value: graded, column: judged }] : [];
  const others = [...further].flatMap(([column, said]) => {
    const value = /^scores?[._ ]./i.test(column) ? numberIn(said) : null;
    return value === null || column === judged ? [] : [{ name: scoreName(column), value, column }];
  });
  return [...own, ...others];
}

/**
 * A row with an id is known by it, its time, its model and how long its texts are (`call_id`), in whichever file it comes again;
 * one without by the bytes of its file and its place there. A trace that the log names holds all of its calls.
 */
function idsOf({ call_id: id, at_ms: at, row }: Call, { digest }: Origin, further: ReadonlyMap<string, Plain>) {
  const hash = sha256(id === '0' ? `file ${digest} row ${row}` : `call ${id} at ${at}`);
  return { traceId: traceNamed(further) ?? hash.slice(0, 32), spanId: nonZero(hash.slice(32, 48)) };
}

function traceNamed(further: ReadonlyMap<string, Plain>): string | null {
  const found = [...further].find(([name]) => ['traceid', 'trace'].includes(plain(name)));
  const said = found ? String(found[1]).trim() : '';
  if (said === '') return null;
  const hex = said.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(hex) && !/^0+$/.test(hex) ? hex : sha256(`trace ${said}`).slice(0, 32);
}

const nonZero = (hex: string) => (/^0+$/.test(hex) ? hex.replace(/.$/, '1') : hex);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
