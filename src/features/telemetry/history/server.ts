import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import type { Config } from '../../../platform/config.ts';
import { invalid, notFound, Problem, unavailable } from '../../../platform/problem.ts';
import { askServer, postToServer } from '../../accounts/index.ts';
import { MOST_ASKED, type SpanRef } from './known.ts';
import type { OtlpSpan } from './span-of.ts';

/** A server that history is sent to, behind the wall of one client. */
export interface Destination {
  readonly client: { readonly id: string; readonly name: string };
  /** Which spans are there already; nothing where the key may not read. */
  known(spans: readonly OtlpSpan[]): Promise<SpanRef[] | null>;
  /** Sends spans, and answers what the server did not take of them. Waits where it asks for that. */
  send(spans: readonly OtlpSpan[], onWait: () => unknown): Promise<Refused>;
  /** What was sent twice so far, and what is on its way into the store; nothing where the key may not read. */
  books(): Promise<Books | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Refused {
  rejected: number;
  message: string;
}

const Books = z.object({ deduplicated: z.number(), spooled: z.number() });
export type Books = z.infer<typeof Books>;

const Session = z.object({
  practiceRole: z.string().nullable(),
  clients: z.array(z.object({ id: z.string(), name: z.string() })),
});
const Made = z.object({ id: z.string(), key: z.string() });
const Known = z.object({ known: z.array(z.object({ traceId: z.string(), spanId: z.string() })) });
const Answered = z.object({
  partialSuccess: z.object({ rejectedSpans: z.coerce.number().default(0), errorMessage: z.string().default('') }).optional(),
});
const Failed = z.object({ message: z.string() });

/**
 * Opens the way to a client of the server that the settings name. Telemetry needs a key of its client: one of the practice makes
 * such a key, good for a day, and ends it afterwards.
 */
export async function openDestination(config: Config, named: string): Promise<Destination> {
  const session = Session.parse(await askServer({ name: 'session.show' }, config, {}));
  const fold = (name: string) => name.normalize('NFC').toLowerCase();
  const client = session.clients.find(({ id, name }) => id === named.toLowerCase() || fold(name) === fold(named));
  if (!client) throw notFound(noClient(named, session.clients));
  if (session.practiceRole === null) return destination(config, client, {}, () => Promise.resolve());
  const made = Made.parse(
    await askServer({ name: 'keys.create' }, config, {
      client: client.id,
      scopes: ['ingest', 'read'],
      name: 'steward import',
      expiresInDays: 1,
    }),
  );
  return destination(config, client, { authorization: `Bearer ${made.key}` }, async () => {
    // It ends by itself within a day; what was sent is what matters.
    await askServer({ name: 'keys.revoke' }, config, { client: client.id, id: made.id }).catch(() => undefined);
  });
}

const noClient = (named: string, clients: readonly { name: string }[]) =>
  clients.length === 0
    ? `There is no client "${named}". Make it with: steward clients create --name "${named}"`
    : `There is no client "${named}" for this key. There is ${clients
        .slice(0, 10)
        .map(({ name }) => `"${name}"`)
        .join(', ')}.`;

function destination(
  config: Config,
  client: Destination['client'],
  headers: Record<string, string>,
  close: () => Promise<void>,
): Destination {
  /** Reading is a scope of its own, which a key for telemetry may lack. */
  const asked = async <T>(shape: z.ZodType<T>, name: string, input: object): Promise<T | null> => {
    try {
      return shape.parse(await askServer({ name }, config, { client: client.id, ...input }, headers));
    } catch (error) {
      if (error instanceof Problem && error.code === 'forbidden') return null;
      throw error;
    }
  };
  return {
    client,
    async known(spans) {
      const found: SpanRef[] = [];
      for (let at = 0; at < spans.length; at += MOST_ASKED) {
        const some = spans.slice(at, at + MOST_ASKED);
        const answer = await asked(Known, 'telemetry.known', { ...times(some), spans: some.map(refOf) });
        if (!answer) return null;
        found.push(...answer.known);
      }
      return found;
    },
    send: (spans, onWait) => sendAll(config, headers, spans, onWait),
    books: () => asked(Books, 'telemetry.ledger', {}),
    [Symbol.asyncDispose]: close,
  };
}

const refOf = ({ traceId, spanId }: OtlpSpan): SpanRef => ({ traceId, spanId });

const SECOND_MS = 1000;
function times(spans: readonly OtlpSpan[]) {
  const starts = spans.map(({ startTimeUnixNano }) => Number(startTimeUnixNano.slice(0, -6)));
  const iso = (ms: number) => new Date(ms).toISOString();
  return { from: iso(Math.min(...starts) - SECOND_MS), to: iso(Math.max(...starts) + SECOND_MS) };
}

const pack = promisify(gzip);
/** Of one request, before it is packed: far from the server's limit. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Half at a time where all is too much. */
async function sendAll(
  config: Config,
  headers: Record<string, string>,
  spans: readonly OtlpSpan[],
  onWait: () => unknown,
): Promise<Refused> {
  if (spans.length === 0) return { rejected: 0, message: '' };
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope, spans }] }] }));
  const answer = body.length <= MOST_BYTES || spans.length === 1 ? await sendOnce(config, headers, body, onWait) : null;
  if (answer) return answer;
  if (spans.length === 1) throw new Problem('too_large', 'A row of the log is larger than the server takes. Leave it out.');
  const half = Math.ceil(spans.length / 2);
  const first = await sendAll(config, headers, spans.slice(0, half), onWait);
  const second = await sendAll(config, headers, spans.slice(half), onWait);
  return { rejected: first.rejected + second.rejected, message: first.message || second.message };
}

const scope = { name: 'steward.import' };

const MAY_PASS = new Set([429, 502, 503, 504]);
/** How long a server may stay away, or ask to wait, before the import gives up. What was sent stays. */
const PATIENCE_MS = 10 * 60_000;
const LONGEST_WAIT_S = 60;

/** Nothing where the body is too large for the server. */
async function sendOnce(
  config: Config,
  headers: Record<string, string>,
  body: Buffer,
  onWait: () => unknown,
): Promise<Refused | null> {
  const packed = new Uint8Array(await pack(body));
  const until = Date.now() + PATIENCE_MS;
  for (let tried = 0; ; tried += 1) {
    const answer = await postToServer(config, '/v1/traces', { ...headers, 'content-encoding': 'gzip' }, packed).catch(away);
    if (answer.status === 200) return refusedIn(answer.text);
    if (answer.status === 413) return null;
    if (!MAY_PASS.has(answer.status)) throw invalid(`The server took no more: ${reasonIn(answer.text, answer.status)}`);
    const waitS = Math.min(LONGEST_WAIT_S, answer.retryAfterS ?? 2 ** Math.min(tried, 5));
    if (Date.now() + waitS * 1000 > until)
      throw unavailable(`${reasonIn(answer.text, answer.status)} What was sent stays; import the same files again to go on.`);
    onWait();
    await sleep(waitS * 1000);
  }
}

/** Nobody answers: the server may be starting anew. */
function away(error: unknown): { status: number; text: string; retryAfterS?: number } {
  if (error instanceof Problem && error.code === 'unavailable')
    return { status: 503, text: JSON.stringify({ message: error.message }) };
  throw error;
}

function refusedIn(text: string): Refused {
  const { partialSuccess } = Answered.parse(JSON.parse(text));
  return { rejected: partialSuccess?.rejectedSpans ?? 0, message: partialSuccess?.errorMessage ?? '' };
}

function reasonIn(text: string, status: number): string {
  try {
    return Failed.parse(JSON.parse(text)).message;
  } catch {
    return `it answered ${status}.`;
  }
}
