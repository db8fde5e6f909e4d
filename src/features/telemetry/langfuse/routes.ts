import { z } from 'zod';
import { Problem } from '../../../platform/problem.ts';
import type { Incoming, Outgoing, Route } from '../../../platform/route.ts';
import { version } from '../../../platform/version.ts';
import { keepSpans } from '../ingest/keep.ts';
import { requireQuota } from '../ledger/index.ts';
import {
  asProblem,
  decodeTraces,
  decompress,
  defaultLimits,
  isPlausibleTime,
  parseDocument,
  type Failure,
} from '../otlp/index.ts';
import { documentOf } from './document.ts';
import { Event, ScoreBody } from './events.ts';
import { mergedPieces, toldBy } from './merge.ts';
import { openRecent } from './recent.ts';
import { scoreOf } from './score.ts';

/** The paths of Langfuse's clients that carry traces and scores; OTLP below /api/public/otel is the intake's. */

const MOST_EVENTS = 10_000;
const MIB = 1024 * 1024;
const NOT_HERE =
  'Steward takes traces and scores of Langfuse clients at /api/public/otel/v1/traces, /api/public/ingestion and /api/public/scores, and no other path of theirs.';
const NO_TRACE = 'Steward keeps scores of traces and their observations: a score needs a traceId.';

const Named = z.object({ id: z.string().max(500) });
const Batch = z.object({ batch: z.array(z.unknown()).max(MOST_EVENTS) });

const recent = openRecent();

interface Answered {
  successes: { id: string; status: number }[];
  errors: { id: string; status: number; message: string; error: string }[];
}

export const receiveLangfuseBatch: Route = {
  paths: ['/api/public/ingestion'],
  mostBytes: defaultLimits.bodyBytes,
  async answer(receiving, incoming) {
    await requireQuota(receiving);
    const { batch } = readAs(Batch, await documentIn(incoming));
    const { events, answered } = readEvents(batch);
    const scores = events.flatMap((event) =>
      event.type === 'score-create' ? (scoreOf(event.body, timeOf(event) ?? receiving.now()) ?? []) : [],
    );
    const said = toldBy(events.filter((event) => event.type !== 'score-create'));
    await recent.inTurn(receiving, said.told.keys(), async () => {
      const pieces = await mergedPieces(said, receiving.telemetry, (wanted) => recent.find(receiving, wanted));
      const decoded = decodeTraces(documentOf(pieces), 'json');
      if (!decoded.ok) throw asProblem(decoded);
      await keepSpans(receiving, decoded, incoming.body.length, scores);
      recent.keep(receiving, pieces);
    });
    return json(207, answered);
  },
  refuse,
  notices: [
    { path: '/api/public/health', status: 200, body: { status: 'OK', version } },
    { path: '/api/public/*', status: 404, body: { error: 'LangfuseNotFoundError', message: NOT_HERE } },
  ],
};

export const receiveLangfuseScore: Route = {
  paths: ['/api/public/scores'],
  mostBytes: MIB,
  async answer(receiving, incoming) {
    await requireQuota(receiving);
    const score = scoreOf(readAs(ScoreBody, await documentIn(incoming)), receiving.now());
    if (!score) throw new Problem('invalid', NO_TRACE);
    await keepSpans(receiving, { items: [], received: 0, reasons: new Map() }, incoming.body.length, [score]);
    return json(200, { id: score.id });
  },
  refuse,
};

/** Each event stands for itself: those that cannot be read are told, and the rest is kept. */
function readEvents(batch: readonly unknown[]): { events: Event[]; answered: Answered } {
  const events: Event[] = [];
  const answered: Answered = { successes: [], errors: [] };
  for (const given of batch) {
    const id = Named.safeParse(given).data?.id ?? '';
    const parsed = Event.safeParse(given);
    const flaw = parsed.success ? flawOf(parsed.data) : z.prettifyError(parsed.error);
    if (parsed.success && flaw === undefined) {
      events.push(parsed.data);
      answered.successes.push({ id, status: 201 });
    } else answered.errors.push({ id, status: 400, message: 'Invalid request data', error: flaw ?? '' });
  }
  return { events, answered };
}

/** When the event was, as far as its clock can be believed. */
function timeOf({ timestamp }: Event): Date | undefined {
  const at = new Date(timestamp);
  return isPlausibleTime(at.getTime()) ? at : undefined;
}

const flawOf = (event: Event) => (event.type === 'score-create' && !event.body.traceId ? NO_TRACE : undefined);

async function documentIn({ headers, body }: Incoming): Promise<unknown> {
  const plain = await decompress(body, headers['content-encoding']);
  if (!plain.ok) throw asProblem(plain);
  const document = parseDocument(plain.body);
  if (isFailure(document)) throw asProblem(document);
  return document;
}

const isFailure = (of: object): of is Failure => 'ok' in of && of.ok === false && 'message' in of;

function readAs<S extends z.ZodType>(shape: S, given: unknown): z.output<S> {
  const parsed = shape.safeParse(given);
  if (!parsed.success) throw new Problem('invalid', z.prettifyError(parsed.error));
  return parsed.data;
}

function refuse({ code, message }: Problem, status: number): Outgoing {
  return json(status, { error: code, message });
}

const json = (status: number, body: object): Outgoing => ({
  status,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(body)),
});
