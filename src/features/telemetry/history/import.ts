import { setTimeout as sleep } from 'node:timers/promises';
import { basename } from 'node:path';
import type { Context } from '../../../platform/context.ts';
import { invalid } from '../../../platform/problem.ts';
import { openScratchTelemetry, type ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { importLogs, openLogFile, type Field, type Imported, type LogFile } from '../import/index.ts';
import { openDestination, type Destination } from './server.ts';
import { spanOf, type Origin, type OtlpSpan } from './span-of.ts';
import { countCalls, pageOfCalls, rejectedReasons } from './store.ts';

export interface ImportOptions {
  files: readonly string[];
  client: string;
  /** Of calls whose row names none. */
  workflow?: string | undefined;
  map: Partial<Record<Field, string>>;
  dateOrder?: 'dmy' | 'mdy' | undefined;
}

export interface History {
  client: { id: string; name: string };
  /** Rows of all files. */
  read: number;
  /** Rows that could not be used. */
  rejected: number;
  rejectedFiles: string[];
  /** Spans that the server took and did not have. */
  sent: number;
  /** Spans that it had; null where the key may not read. */
  known: number | null;
  /** Spans that it did not take, and why. */
  refused: number;
  refusedBecause: string[];
  from: string | null;
  to: string | null;
  workflows: string[];
  assumptions: string[];
}

/** Reads logs as an audit does, and sends every row that can be used to a client of the server. */
export async function importHistory(ctx: Context, options: ImportOptions): Promise<History> {
  const files: LogFile[] = [];
  try {
    // Before hours of reading: a client that does not exist is told at once.
    await using destination = await openDestination(ctx.config, options.client);
    for (const name of options.files) files.push(await openLogFile(name, process.stdin));
    await using scratch = await openScratchTelemetry({ log: ctx.log });
    const { map, dateOrder } = options;
    const imported = await importLogs(scratch, files, {
      map,
      dateOrder,
      now: ctx.now(),
      onProgress: ctx.progress,
      whole: true,
    });
    return await sendCalls(ctx, scratch, imported, destination, options.workflow);
  } finally {
    for (const file of files) await file[Symbol.asyncDispose]();
  }
}

/** What a page may weigh, and how many rows it may have: it is in memory, as rows and as spans. */
const PAGE_BYTES = 6 * 1024 * 1024;
const PAGE_ROWS = 1000;
const PAGE_FEWEST = 10;

async function sendCalls(
  { progress }: Context,
  scratch: ScratchTelemetry,
  imported: Imported,
  destination: Destination,
  workflow: string | undefined,
): Promise<History> {
  requireTimes(imported);
  const { rows, rejected, bytes } = await countCalls(scratch);
  if (rows === 0) throw invalid(await nothingUsable(scratch, imported));
  const limit = Math.max(PAGE_FEWEST, Math.min(PAGE_ROWS, Math.floor(PAGE_BYTES / Math.max(1, bytes))));
  const before = await destination.books();
  const tally = new Tally();
  for (const { index, name, mapping, digest } of imported.files) {
    const file = name === '-' ? 'standard input' : basename(name);
    const origin: Origin = { file, digest: await digest(), mapping, workflow: workflow ?? stem(file) };
    let page = await pageOfCalls(scratch, index, -1, limit);
    while (page.length > 0) {
      const spans = page.map((call) => spanOf(call, origin));
      await sendPage(destination, spans, tally, () => progress({ label: 'Waiting for the server', done: 0, unit: 'rows' }));
      for (const call of page) tally.note(call.at_ms, call.workflow || origin.workflow);
      progress({ label: `Sending ${file}`, done: tally.done, total: rows, unit: 'rows' });
      page = await pageOfCalls(scratch, index, page.at(-1)!.row, limit);
    }
  }
  progress({ label: 'Waiting until the server shows it', done: 0, unit: 'steps' });
  const after = await untilStored(destination);
  // What waited in the server's spool when it was asked, it knew by itself.
  const twice = before && after ? Math.min(tally.taken, Math.max(0, after.deduplicated - before.deduplicated)) : 0;
  return {
    client: destination.client,
    read: rows + rejected,
    rejected,
    rejectedFiles: imported.rejectedFiles,
    sent: tally.taken - twice,
    known: tally.isAsked ? tally.known + twice : null,
    refused: tally.refused,
    refusedBecause: [...tally.reasons],
    from: tally.iso(tally.fromMs),
    to: tally.iso(tally.toMs),
    workflows: [...tally.workflows],
    assumptions: [...imported.assumptions, ...aboutWorkflow(imported, workflow)],
  };
}

/** Sends what is not there yet. */
async function sendPage(destination: Destination, spans: readonly OtlpSpan[], tally: Tally, onWait: () => void) {
  const found = await destination.known(spans);
  tally.isAsked &&= found !== null;
  const known = new Set(found?.map(({ traceId, spanId }) => traceId + spanId));
  const fresh = spans.filter(({ traceId, spanId }) => !known.has(traceId + spanId));
  const { rejected, message } = await destination.send(fresh, onWait);
  tally.known += spans.length - fresh.length;
  tally.taken += fresh.length - rejected;
  tally.refused += rejected;
  if (message !== '' && tally.reasons.size < MOST_REASONS) tally.reasons.add(message);
}

const MOST_REASONS = 5;
const MOST_WORKFLOWS = 20;

class Tally {
  isAsked = true;
  known = 0;
  taken = 0;
  refused = 0;
  done = 0;
  fromMs = Infinity;
  toMs = -Infinity;
  readonly reasons = new Set<string>();
  readonly workflows = new Set<string>();

  note(atMs: number, workflow: string) {
    this.done += 1;
    this.fromMs = Math.min(this.fromMs, atMs);
    this.toMs = Math.max(this.toMs, atMs);
    if (this.workflows.size < MOST_WORKFLOWS) this.workflows.add(workflow);
  }

  iso = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
}

const ASKED_AFTER_MS = [250, 500, 1000, 2000, 4000, 8000, 16_000];

/** Whoever looks when this has ended sees all of it; a server that is busy is not waited for longer than half a minute. */
async function untilStored(destination: Destination) {
  let books = await destination.books();
  for (const waitMs of ASKED_AFTER_MS) {
    if (!books || books.spooled <= 0) break;
    await sleep(waitMs);
    books = await destination.books();
  }
  return books;
}

/** Without a time a call has no place in a history, and would be another one each time it is sent. */
function requireTimes({ files }: Imported) {
  const timeless = files.find(({ mapping }) => !mapping.fields.time);
  if (timeless)
    throw invalid(
      `No time was found in "${timeless.name}", and a history needs one. Say which column it is with --map time=COLUMN.`,
    );
}

async function nothingUsable(scratch: ScratchTelemetry, { rejectedFiles }: Imported): Promise<string> {
  const why = (await rejectedReasons(scratch)).map(({ reason, rows }) => `${rows} with ${reason}`).join(', ');
  const where = rejectedFiles.length > 0 ? ` They are in ${rejectedFiles.join(', ')}.` : '';
  return `No row could be used${why ? `: ${why}` : ''}.${where} Mend the export, or say with --map which column is which.`;
}

/** `support-2026.jsonl.gz` is the log of `support-2026`. */
const stem = (file: string) => file.replace(/(?<=.)(\.(csv|tsv|json|jsonl|ndjson|parquet|txt|log|gz|zst))+$/i, '');

function aboutWorkflow({ files }: Imported, workflow: string | undefined): string[] {
  const nameless = files.filter(({ mapping }) => !mapping.fields.workflow);
  if (workflow !== undefined || nameless.length === 0) return [];
  const names = nameless.slice(0, 3).map(({ name }) => `"${stem(basename(name))}"`);
  return [
    `No workflow column: the calls go to the workflow ${names.join(', ')}, after the file. --workflow NAME or --map workflow=COLUMN says otherwise.`,
  ];
}
