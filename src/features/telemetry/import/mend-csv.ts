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
export const mendCsv = (from: string, to: string, form: CsvForm) =>
  pipeline(Readable.from(records(from, form)), createWriteStream(to));

/** How a file is written. */
export interface CsvForm {
  delimiter: string;
  /** A pattern of lines that start a row, where it is known: a cell that holds some has swallowed rows. */
  rowStart: string | null;
}

async function* records(path: string, form: CsvForm): AsyncGenerator<Buffer> {
  let text = '';
  // Byte for byte: the encoding is found out later.
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    text += chunk as string;
    const { done, rest } = take(text, form, false);
    text = rest;
    yield Buffer.from(done, 'latin1');
  }
  yield Buffer.from(take(text, form, true).done, 'latin1');
}

/** Cuts whole records off the front; `last`: nothing follows, so an open quote stays open. */
function take(text: string, form: CsvForm, last: boolean): { done: string; rest: string } {
  const done: string[] = [];
  let at = 0;
  while (at < text.length) {
    const end = recordEnd(text, at, form, last);
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
function recordEnd(text: string, from: number, { delimiter, rowStart }: CsvForm, last: boolean): number | 'open' | 'broken' {
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (rowStart !== null && holdsRows(text.slice(at, close < 0 ? text.length : close), rowStart)) return 'broken';
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

/** Whether lines of a cell start rows: two of them; an answer may quote one line of a log. */
function holdsRows(cell: string, rowStart: string): boolean {
  const second = cell.indexOf('\n') + 1;
  if (second === 0) return false;
  let found = 0;
  for (const _ of cell.slice(second).matchAll(new RegExp(rowStart, 'gm'))) if (++found === 2) return true;
  return false;
}

/** A doubled quote is a quote of the text. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
