import { invalid } from '../../../platform/problem.ts';
import { flattenDocument, isOneLine } from './documents.ts';
import type { Recognised } from './open-log.ts';
import { holdsObservations } from './trace-list.ts';

/** Finds the format of a text by its beginning. A document that nests its calls is written out as an object per call. */
export async function formatOfText(log: Recognised, text: string): Promise<Recognised> {
  const start = text.trimStart();
  if (start === '') throw invalid(`"${log.name}" holds nothing but white space: there is nothing to audit.`);
  const firstLine = start.split('\n', 1)[0]!.trim();
  if (start.startsWith('[')) return isList(start) ? ofList(log, start) : { ...log, format: 'jsonl' };
  if (start.startsWith('{'))
    return (await isDocument(log, firstLine, start)) ? flattenDocument(log) : { ...log, format: 'jsonl' };
  return { ...log, format: 'csv', delimiter: delimiterOf(log.name, firstLine) };
}

/** The engine reads lists by itself; only what is nested in their traces is written out, where it can be. */
async function ofList(log: Recognised, start: string): Promise<Recognised> {
  const list: Recognised = { ...log, format: 'json' };
  return holdsObservations(start) ? flattenDocument(log).catch(() => list) : list;
}

/** A list of calls, and not a line `[1, 2]` among lines. */
const isList = (start: string) => /^\[\s*(\{|\]|$)/.test(start) || !/^\[[^\n]*\]\s*\n\s*[[{]/.test(start);

/** One object over many lines, one object alone, or lines of OTLP, each with many calls. */
async function isDocument(log: Recognised, firstLine: string, start: string): Promise<boolean> {
  if (/"(resourceSpans|resource_spans|resourceLogs|resource_logs)"/.test(firstLine) || holdsObservations(firstLine)) return true;
  // Of a very long line only the beginning is here; whether another follows is seen at its end.
  if (!start.trimEnd().includes('\n')) return isJson(firstLine) || isOneLine(log);
  // A broken first line says nothing; if its brackets close on it, the next line is another record.
  return !isJson(firstLine) && !/^\{.+\}\s*$/.test(firstLine) && !/\n\{"/.test(start);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The separator that the header holds most often; a tab wins where the name says so. */
function delimiterOf(name: string, header: string): string {
  if (/\.tsv(\.(gz|zst|zstd))?$/i.test(name)) return '\t';
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const count = (mark: string) => bare.split(mark).length - 1;
  return [',', '\t', ';', '|'].sort((a, b) => count(b) - count(a))[0]!;
}
