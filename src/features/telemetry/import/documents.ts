import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { join } from 'node:path';
import { invalid, Problem } from '../../../platform/problem.ts';
import { linesOf, loggedScores, parsed } from './logged-scores.ts';
import type { Recognised } from './open-log.ts';
import { callsOfTrace, isTrace } from './trace-list.ts';
import { callsOfExport, scoresOfExport, type LoggedScore } from '../otlp/index.ts';

/** A document is parsed whole; larger logs come as lines, which the engine reads. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** Whether all of a text stands on one line, however long. */
export async function isOneLine({ path, compression }: Pick<Recognised, 'path' | 'compression'>): Promise<boolean> {
  const bytes = createReadStream(path);
  let size = 0;
  let ended = false;
  for await (const chunk of (compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes) as AsyncIterable<Buffer>) {
    const text = ended ? chunk : chunk.subarray(Math.max(0, chunk.indexOf('\n')));
    ended ||= chunk.includes('\n');
    if (ended && text.toString('latin1').trim() !== '') return false;
    size += chunk.length;
    // Too long for a document, which is said when it is read.
    if (size > MAX_DOCUMENT_BYTES) break;
  }
  return true;
}

/** Writes the calls inside a JSON document, or inside lines of OTLP, as one object per line. */
export async function flattenDocument(log: Recognised): Promise<Recognised> {
  const path = join(log.work, 'calls.jsonl');
  const plain = () => (log.compression === 'gzip' ? createReadStream(log.path).pipe(createGunzip()) : createReadStream(log.path));
  const lines = (await isWhole(log.name, plain)) ? objectsOf(log, plain) : otlpLines(plain, log.elsewhere);
  await pipeline(Readable.from(lines), createWriteStream(path));
  const { size } = await stat(path);
  if (size === 0)
    throw invalid(
      `"${log.name}" holds no list of AI calls. Export the calls as a list or as one JSON object per line; of OpenTelemetry, the spans.`,
    );
  return { ...log, path, bytes: size, format: 'jsonl', compression: 'none', flattened: true };
}

/** Whether all of it is one document: its first line is none. */
async function isWhole(name: string, plain: () => Readable): Promise<boolean> {
  try {
    const first: unknown = JSON.parse(await textOf(name, plain(), '\n'));
    return !isExport(first) && !isTrace(first);
  } catch (error) {
    if (error instanceof Problem) throw error;
    return true;
  }
}

/** What is packed may be small: bytes count as they come out. `until`: only the text before that mark. */
async function textOf(name: string, bytes: Readable, until?: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const end = until === undefined ? -1 : chunk.indexOf(until);
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
    size += chunk.length;
    if (end >= 0) break;
    if (size > MAX_DOCUMENT_BYTES)
      throw invalid(`"${name}" is one JSON document of over 256 MB. Export it as one JSON object per line.`);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

const isExport = (document: unknown): document is object =>
  document !== null &&
  typeof document === 'object' &&
  ['resourceSpans', 'resource_spans', 'resourceLogs', 'resource_logs'].some((name) => name in document);

async function* otlpLines(plain: () => Readable, elsewhere: readonly LoggedScore[]) {
  const logged = [...(await loggedScores(plain)), ...elsewhere];
  for await (const line of linesOf(plain)) {
    if (line.trim() === '') continue;
    // A broken line goes through as it is, so that the reader counts and reports it.
    yield* toLines(parsed(line, (document) => callsOfLine(document, logged)) ?? [line]);
  }
}

const callsOfLine = (document: unknown, logged: readonly LoggedScore[]) =>
  isExport(document) ? callsOfExport(document, logged) : callsOfTrace(document);

const toLines = (calls: readonly unknown[]) => calls.map((call) => `${typeof call === 'string' ? call : JSON.stringify(call)}\n`);

async function* objectsOf(log: Recognised, plain: () => Readable) {
  let document: unknown;
  const text = await textOf(log.name, plain());
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(
      `"${log.name}" is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}. Mend it, or export one object per line.`,
    );
  }
  yield* toLines(callsIn(document, log.elsewhere).flatMap(callsOfTrace));
}

/** Messages, choices, parts and tools make up one call; only a list of other things is a list of calls. */
const isPartOfCall = (list: readonly unknown[]) =>
  list.every(
    (item) =>
      item !== null &&
      typeof item === 'object' &&
      (('role' in item && typeof item.role === 'string' && SPEAKERS.has(item.role)) ||
        ['message', 'delta', 'finish_reason', 'finishReason'].some((key) => key in item) ||
        ('type' in item && typeof item.type === 'string' && item.type in item) ||
        'functionDeclarations' in item),
  );

const SPEAKERS = new Set('system developer user human assistant model ai tool function'.split(' '));

/** The calls of a document: OTLP, the longest list of objects in it or in what it holds, or the document itself as one call. */
export function callsIn(document: unknown, elsewhere: readonly LoggedScore[]): unknown[] {
  if (document === null || typeof document !== 'object') return [];
  if (isExport(document)) return callsOfExport(document, [...scoresOfExport(document), ...elsewhere]);
  return Array.isArray(document) ? document : (longestList(document) ?? [document]);
}

/** What holds these is a call itself. */
const OF_CALL = ['model', 'messages', 'choices', 'input', 'output', 'prompt', 'response', 'request', 'usage'];

/** How deep a list of calls may stand: `{"result": {"data": {"logs": […]}}}`. */
const DEEPEST = 4;

/** The longest list of objects that stands highest. */
function longestList(document: object, depth = 1): unknown[] | undefined {
  const values: unknown[] = Object.values(document);
  const lists = values.filter(
    (value): value is unknown[] =>
      Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null && !isPartOfCall(value),
  );
  const longest = lists.toSorted((a, b) => b.length - a.length)[0];
  if (longest || depth === DEEPEST || OF_CALL.some((name) => name in document)) return longest;
  const within = values.flatMap((value) => {
    const list = typeof value === 'object' && value !== null && !Array.isArray(value) ? longestList(value, depth + 1) : undefined;
    return list ? [list] : [];
  });
  return within.toSorted((a, b) => b.length - a.length)[0];
}
