import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalid, notFound, Problem } from '../../../platform/problem.ts';
import type { LoggedScore } from '../otlp/index.ts';
import { copyAsUtf8, encodingOf, isText, knownAs } from './encoding.ts';
import { formatOfText } from './format-of-text.ts';
import { makeWorkDir } from './work-dir.ts';

/** `jsonl`: an object per line. `json`: a list of objects. */
export type LogFormat = 'jsonl' | 'json' | 'csv' | 'parquet';

/** A log file, ready for the engine. */
export interface LogFile {
  /** As the user named it; `-` is standard input. */
  name: string;
  /** What the engine reads: the file itself, or a copy in a form the engine can read. */
  path: string;
  format: LogFormat;
  /** What is packed with zstd is recognised later, by the engine. */
  compression: 'none' | 'gzip' | 'zstd';
  /** For csv. */
  delimiter: string;
  bytes: number;
  /** What was assumed, a sentence each. */
  assumptions: string[];
  /** Where copies are made; removed with the log. */
  work: string;
  /** Scores in the log records of other files. */
  elsewhere: readonly LoggedScore[];
  /** The file is a copy in which broken records were made readable. */
  mended?: boolean;
  /** The file is a copy with a record per line that had none of its own. */
  flattened?: boolean;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A log without the way to put it away. */
export type Recognised = Omit<LogFile, typeof Symbol.asyncDispose>;

const HEAD_BYTES = 256 * 1024;

/** Opens a log: finds its format and compression by content, and makes a readable copy where the engine needs one. */
export async function openLogFile(name: string, stdin: Readable, elsewhere: readonly LoggedScore[] = []): Promise<LogFile> {
  const { path: work, remove: dispose } = await makeWorkDir();
  try {
    const path = name === '-' ? await spool(stdin, join(work, 'stdin')) : await existing(name);
    const opened = await recognise(name, path, work, elsewhere);
    return { ...opened, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function spool(stdin: Readable, path: string): Promise<string> {
  await pipeline(stdin, createWriteStream(path));
  return path;
}

async function existing(name: string): Promise<string> {
  const found = await stat(name).catch(() => null);
  if (!found) throw notFound(`There is no file "${name}". Check the path; "-" reads standard input.`);
  if (found.isDirectory()) throw invalid(`"${name}" is a directory. Name the log files in it, e.g. ${name}/*.jsonl`);
  const readable = await access(name, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) throw new Problem('forbidden', `"${name}" may not be read. Give yourself the right to read it.`);
  return resolve(name);
}

/** Finds format and compression of a file by its first bytes. Copies go to `work`. */
export async function recognise(
  name: string,
  path: string,
  work: string,
  elsewhere: readonly LoggedScore[] = [],
): Promise<Recognised> {
  const { size } = await stat(path);
  const raw = await head(createReadStream(path, { end: HEAD_BYTES }), name);
  if (raw.length === 0) throw invalid(`${name === '-' ? 'Standard input' : `"${name}"`} is empty: there is nothing to audit.`);
  const compression = compressionOf(raw);
  const base: Recognised = {
    name,
    path,
    work,
    bytes: size,
    compression,
    format: 'jsonl',
    delimiter: ',',
    assumptions: [],
    elsewhere,
  };
  if (compression === 'zstd') return base;

  const start = compression === 'gzip' ? await head(createReadStream(path).pipe(createGunzip()), name) : raw;
  if (compression === 'none' && /\.(gz|zst)$/i.test(name) && !mayBeLog(start))
    throw invalid(`"${name}" is not packed as its name says, and is no log either. Was it downloaded whole? Fetch it again.`);
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return { ...base, format: 'parquet' };
  const other = knownAs(name, start);
  if (other) throw invalid(`"${name}" ${other}.`);
  const encoding = encodingOf(start);
  if (encoding) {
    const copy = await copyAsUtf8(base, encoding);
    return formatOfText(copy, (await head(createReadStream(copy.path, { end: HEAD_BYTES }), name)).toString('utf8'));
  }
  if (!isText(start))
    throw invalid(`"${name}" is not a log: it holds binary data. Export it as CSV, TSV, JSON, JSONL or Parquet.`);
  return formatOfText(base, start.toString('utf8').replace(/^\uFEFF/, ''));
}

/** Some tools unpack what they fetch and keep the name. */
const mayBeLog = (start: Buffer) =>
  start.subarray(0, 4).toString('latin1') === 'PAR1' ||
  /^\s*[[{]|^[^\n]*[,;\t|][^\n]*\n./.test(start.toString('utf8').replace(/^\uFEFF/, ''));

function compressionOf(start: Buffer): LogFile['compression'] {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.length > 3 && start.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : 'none';
}

/** The first bytes; of a packed file that is damaged, those before the damage. */
async function head(stream: Readable, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= HEAD_BYTES) break;
    }
  } catch (cause) {
    if (bytes === 0)
      throw new Problem('invalid', `"${name}" cannot be read or unpacked. Was it cut off? Copy it again.`, { cause });
  }
  return Buffer.concat(chunks);
}
