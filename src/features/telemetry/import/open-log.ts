import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalid, notFound, Problem } from '../../../platform/problem.ts';
import { flattenDocument } from './documents.ts';

/** `jsonl`: an object per line. `json`: a list of objects. */
export type LogFormat = 'jsonl' | 'json' | 'csv' | 'parquet';

/** A log file, ready for the engine. */
export interface LogFile {
  /** As the user named it; `-` is standard input. */
  name: string;
  /** What the engine reads: the file itself, or a copy in a form the engine can read. */
  path: string;
  format: LogFormat;
  compression: 'none' | 'gzip' | 'zstd';
  /** For csv. */
  delimiter: string;
  bytes: number;
  /** What was assumed, a sentence each. */
  assumptions: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

const HEAD_BYTES = 256 * 1024;

/** Opens a log: finds its format and compression by content, and makes a readable copy where the engine needs one. */
export async function openLogFile(name: string, stdin: Readable): Promise<LogFile> {
  const work = await mkdtemp(join(tmpdir(), 'steward-log-'));
  const dispose = () => rm(work, { recursive: true, force: true });
  try {
    const path = name === '-' ? await spool(stdin, join(work, 'stdin')) : await existing(name);
    const opened = await recognise(name, path, work);
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
  return resolve(name);
}

async function recognise(name: string, path: string, work: string): Promise<Unopened> {
  const { size } = await stat(path);
  if (size === 0) throw invalid(`"${name}" is empty: there is nothing to audit.`);
  const raw = await head(createReadStream(path, { end: HEAD_BYTES }));
  const base = { name, path, bytes: size, delimiter: ',', assumptions: [] as string[] };
  if (raw.subarray(0, 4).toString('latin1') === 'PAR1') return { ...base, format: 'parquet', compression: 'none' };

  const compression = compressionOf(raw);
  const start = compression === 'gzip' ? await gunzipped(path, name) : compression === 'zstd' ? null : raw;
  // Node 20 cannot read zstd, so its content is judged by the name below the .zst.
  if (start === null) return { ...base, compression, ...formatOfName(name) };
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return { ...base, format: 'parquet', compression };

  const wide = wideEncoding(start);
  if (wide) return transcode(base, wide, compression, work);
  return formatOfText(base, start.toString('utf8').replace(/^\uFEFF/, ''), compression, work);
}

function compressionOf(start: Buffer): LogFile['compression'] {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : 'none';
}

async function head(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks);
}

async function gunzipped(path: string, name: string): Promise<Buffer> {
  try {
    return await head(createReadStream(path).pipe(createGunzip()));
  } catch (cause) {
    throw new Problem('invalid', `"${name}" starts like a gzip file but cannot be unpacked. Was it cut off? Copy it again.`, {
      cause,
    });
  }
}

type Unopened = Omit<LogFile, typeof Symbol.asyncDispose>;
type Base = Pick<LogFile, 'name' | 'path' | 'bytes' | 'delimiter' | 'assumptions'>;

function formatOfName(name: string): Pick<LogFile, 'format' | 'delimiter'> {
  const stem = name.toLowerCase().replace(/\.(zst|zstd|gz)$/, '');
  if (stem.endsWith('.csv')) return { format: 'csv', delimiter: ',' };
  if (stem.endsWith('.tsv')) return { format: 'csv', delimiter: '\t' };
  if (stem.endsWith('.json')) return { format: 'json', delimiter: ',' };
  if (stem.endsWith('.parquet')) return { format: 'parquet', delimiter: ',' };
  return { format: 'jsonl', delimiter: ',' };
}

/** UTF-16 by its byte-order mark, or by the zero in every other byte of plain text. */
function wideEncoding(start: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  if (start.length > 3 && start[1] === 0 && start[3] === 0 && start[0] !== 0) return 'utf-16le';
  return null;
}

async function transcode(
  base: Base,
  encoding: 'utf-16le' | 'utf-16be',
  compression: LogFile['compression'],
  work: string,
): Promise<Unopened> {
  const path = join(work, 'utf8');
  const bytes = createReadStream(base.path);
  const plain = compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes;
  const decoder = new TextDecoder(encoding);
  await pipeline(
    plain,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    },
    createWriteStream(path),
  );
  const assumptions = [`"${base.name}" is ${encoding.toUpperCase()} and was read as such.`];
  const text = (await head(createReadStream(path, { end: HEAD_BYTES }))).toString('utf8');
  return formatOfText({ ...base, path, assumptions }, text, 'none', work);
}

async function formatOfText(base: Base, text: string, compression: LogFile['compression'], work: string): Promise<Unopened> {
  const start = text.trimStart();
  if (start === '') throw invalid(`"${base.name}" holds nothing but white space: there is nothing to audit.`);
  const firstLine = start.split('\n', 1)[0]!;
  if (start.startsWith('[')) return { ...base, compression, format: 'json' };
  if (!start.startsWith('{')) return { ...base, compression, ...delimited(base.name, firstLine) };
  // A whole document, or lines of a format that nests calls: written out as one object per call.
  const isLine = isJson(firstLine, () => true) && start.trimEnd().includes('\n');
  if (!isLine || /"(resourceSpans|resource_spans|resourceLogs)"/.test(firstLine)) {
    return flattenDocument(base, compression, join(work, 'calls.jsonl'));
  }
  return { ...base, compression, format: 'jsonl' };
}

function isJson(text: string, fits: (value: unknown) => boolean): boolean {
  try {
    return fits(JSON.parse(text));
  } catch {
    return false;
  }
}

/** The separator that the header holds most often; a tab wins where the name says so. */
function delimited(name: string, header: string): Pick<LogFile, 'format' | 'delimiter'> {
  const count = (mark: string) => header.split(mark).length - 1;
  const marks = [',', '\t', ';', '|'].sort((a, b) => count(b) - count(a));
  const byName = formatOfName(name);
  return { format: 'csv', delimiter: byName.delimiter === '\t' ? '\t' : marks[0]! };
}
