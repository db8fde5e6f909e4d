import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Stands before a line that is no CSV, in its only cell. */
export const BROKEN_LINE = '\u0001broken\u0001';

/** A quoted cell that is longer has swallowed other rows. */
const MAX_RECORD_CHARS = 32 * 1024 * 1024;

/**
 * Copies a CSV file so that the engine can read every record of it: a line that starts a record with stray quotes becomes one cell,
 * and the next line starts anew. Lines stay where they are. For files that the engine refuses: this reads in JavaScript.
 */
export const mendCsv = (from: string, to: string, delimiter: string) =>
  pipeline(Readable.from(records(from, delimiter)), createWriteStream(to));

async function* records(path: string, delimiter: string): AsyncGenerator<Buffer> {
  let text = '';
  // Byte for byte: the encoding is found out later.
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    text += chunk as string;
    const { done, rest } = take(text, delimiter, false);
    text = rest;
    yield Buffer.from(done, 'latin1');
  }
  yield Buffer.from(take(text, delimiter, true).done, 'latin1');
}

/** Cuts whole records off the front; `last`: nothing follows, so an open quote stays open. */
function take(text: string, delimiter: string, last: boolean): { done: string; rest: string } {
  const done: string[] = [];
  let at = 0;
  while (at < text.length) {
    const end = recordEnd(text, at, delimiter, last);
    if (end === 'open' && !last && text.length - at < MAX_RECORD_CHARS) break;
    if (typeof end === 'number') {
      done.push(text.slice(at, end));
      at = end;
      continue;
    }
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0 && !last) break;
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    done.push(`"${BROKEN_LINE}${text.slice(at, next).trimEnd().replaceAll('"', '""')}"\n`);
    at = next;
  }
  return { done: done.join(''), rest: text.slice(at) };
}

/** Where the record that starts at `from` ends, after its newline; `open`: beyond the text; `broken`: it is no CSV. */
function recordEnd(text: string, from: number, delimiter: string, last: boolean): number | 'open' | 'broken' {
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close < 0) return 'open';
      at = close + 1;
      if (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') return 'broken';
    }
    const [cell, line] = [text.indexOf(delimiter, at), text.indexOf('\n', at)];
    if (line < 0 && cell < 0) return last ? text.length : 'open';
    if (cell < 0 || (line >= 0 && line < cell)) return line + 1;
    at = cell + 1;
  }
}

/** A doubled quote is a quote of the text. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
