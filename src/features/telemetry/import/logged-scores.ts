import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { scoresOfExport, type LoggedScore } from '../otlp/index.ts';

/** Scores in the log records of OTLP exports, wherever they stand. */

export const linesOf = (plain: () => Readable) => createInterface({ input: plain(), crlfDelay: Infinity });

/** A score may be written before its span or long after it, so all are known before the first call is. */
export async function loggedScores(plain: () => Readable): Promise<LoggedScore[]> {
  const found: LoggedScore[] = [];
  for await (const line of linesOf(plain)) {
    if (line.includes('gen_ai.evaluation.result')) found.push(...(parsed(line, scoresOfExport) ?? []));
  }
  return found;
}

/** What `read` makes of a line; nothing where it is broken. */
export function parsed<T>(line: string, read: (document: unknown) => T): T | null {
  try {
    return read(JSON.parse(line));
  } catch {
    return null;
  }
}

/** What the files of a log say of each other's calls. */
export interface ScoresBeside {
  /** The scores in the files other than this one. */
  elsewhere: (name: string) => readonly LoggedScore[];
  /** Files that hold scores and no calls. */
  only: readonly string[];
}

/** Collectors write spans and log records into files of their own, so that a score and its call lie in two. */
export async function scoresBeside(names: readonly string[]): Promise<ScoresBeside> {
  const found = new Map<string, LoggedScore[]>();
  const only: string[] = [];
  for (const name of names.length > 1 ? names.filter((one) => one !== '-') : []) {
    const plain = await openText(name);
    if (!plain || !LOGS.test((await textOf(plain(), HEAD_BYTES)) ?? '')) continue;
    const text = (await textOf(plain(), MOST_BYTES)) ?? '';
    const scores = scoresIn(text);
    if (scores.length > 0) found.set(name, scores);
    if (scores.length > 0 && !SPANS.test(text)) only.push(name);
  }
  return {
    elsewhere: (name) => [...found].flatMap(([file, scores]) => (file === name ? [] : scores)),
    only: only.length < names.length ? only : [],
  };
}

const LOGS = /"(resourceLogs|resource_logs)"/;
const SPANS = /"(resourceSpans|resource_spans)"/;
const HEAD_BYTES = 64 * 1024;
/** Of larger files the scores behind this are not seen. */
const MOST_BYTES = 256 * 1024 * 1024;

/** An export a line, or one document over many. */
function scoresIn(text: string): LoggedScore[] {
  const lines = text.split('\n').filter((line) => line.includes('gen_ai.evaluation.result'));
  const found = lines.flatMap((line) => parsed(line, scoresOfExport) ?? []);
  return found.length > 0 || lines.length === 0 ? found : (parsed(text, scoresOfExport) ?? []);
}

/** The text of a file, plain or gzipped; nothing where it cannot be read, which is said when it is opened. */
async function openText(name: string): Promise<(() => Readable) | null> {
  const magic = await textOf(createReadStream(name, { end: 1 }), 2, 'latin1');
  if (magic === null) return null;
  return magic === '\u001f\u008b' ? () => createReadStream(name).pipe(createGunzip()) : () => createReadStream(name);
}

/** At most so many bytes, to the end of a piece. */
async function textOf(bytes: Readable, most: number, encoding: BufferEncoding = 'utf8'): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
    return Buffer.concat(chunks).toString(encoding);
  } catch {
    return null;
  }
}
