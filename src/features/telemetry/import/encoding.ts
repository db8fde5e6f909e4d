import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Recognised } from './open-log.ts';

/** How a file is written that the engine cannot read as it is. */
export type Encoding = 'utf-16le' | 'utf-16be' | 'carriage returns';

/** UTF-16 by its byte-order mark, or by the zero in every other byte of plain text; lines that end the old Macintosh way. */
export function encodingOf(start: Buffer): Encoding | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  if (start.length > 3 && start[1] === 0 && start[3] === 0 && start[0] !== 0) return 'utf-16le';
  return start.includes(0x0d) && !start.includes(0x0a) ? 'carriage returns' : null;
}

const SIGNATURES = [
  '\u0089PNG',
  '%PDF',
  'PK\u0003\u0004',
  '\u00ff\u00d8\u00ff',
  'GIF8',
  '\u007fELF',
  'SQLite format 3',
  'ORC',
  'Obj\u0001',
];
const CONTROLS = 0.05;

/** Text holds hardly any control characters, whatever its encoding. */
export function isText(start: Buffer): boolean {
  const first = start.toString('latin1', 0, 16);
  if (SIGNATURES.some((mark) => first.startsWith(mark))) return false;
  const controls = start.filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return controls.length <= start.length * CONTROLS;
}

/** What else people send by mistake: what it is, and what to do; nothing where it may be a log. */
export function knownAs(name: string, start: Buffer): string | null {
  const first = start.toString('latin1', 0, 4096);
  if (first.startsWith('PK\u0003\u0004')) {
    return /\.xls[xmb]$/i.test(name) || /xl\/|\[Content_Types\]/.test(first)
      ? 'is an Excel workbook: save its sheet as CSV'
      : 'is a ZIP archive: unpack it, and name the logs in it';
  }
  if (first.startsWith('\u00d0\u00cf\u0011\u00e0')) return 'is an old Excel or Office document: save its sheet as CSV';
  if (/^(\u00ef\u00bb\u00bf)?\s*<(!doctype html|html|head|body)\b/i.test(first))
    return 'is a web page (HTML) and no log: the download was refused, or another address is needed';
  return /^(\u00ef\u00bb\u00bf)?\s*<\?xml\b/i.test(first) ? 'is XML: export the log as CSV, JSON or JSONL' : null;
}

/** A copy in UTF-8 with plain line ends. */
export async function copyAsUtf8(log: Recognised, encoding: Encoding): Promise<Recognised> {
  const path = join(log.work, 'utf8');
  const bytes = createReadStream(log.path);
  const plain = log.compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes;
  await pipeline(plain, encoding === 'carriage returns' ? newlines : decoded(encoding), createWriteStream(path));
  const { size } = await stat(path);
  const said = `"${log.name}" ${encoding === 'carriage returns' ? 'ends its lines with carriage returns' : `is ${encoding.toUpperCase()}`} and was read as such.`;
  return { ...log, path, bytes: size, compression: 'none', assumptions: [...log.assumptions, said] };
}

async function* newlines(chunks: AsyncIterable<Buffer>) {
  for await (const chunk of chunks) yield Buffer.from(chunk.toString('latin1').replaceAll('\r', '\n'), 'latin1');
}

const decoded = (encoding: 'utf-16le' | 'utf-16be') =>
  async function* (chunks: AsyncIterable<Buffer>) {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
