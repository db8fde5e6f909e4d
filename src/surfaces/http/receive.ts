import type { HttpBindings } from '@hono/node-server';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../platform/access.ts';
import type { Context } from '../../platform/context.ts';
import type { Log } from '../../platform/log.ts';
import type { Client } from '../../platform/practice.ts';
import { Problem, unavailable } from '../../platform/problem.ts';
import type { Outgoing, Route } from '../../platform/route.ts';
import { openSpare, type Spare } from '../../platform/spare.ts';
import { readWhole } from './body.ts';
import { shareSpare } from './shared-spare.ts';
import { openSlots } from './slots.ts';
import { RETRY_AFTER_S, statusOf } from './status.ts';

/** Requests that are in memory at once, as they came; past it, or past their share of it, senders wait. */
const MOST_AT_ONCE = 64;
/** Their bytes, together. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What the ledger calls an answer that says no. */
const reasons: Record<number, string> = { 415: 'unsupported' };

/** The routes of the features: what is sent, by whom, and how they are told when it was not kept. */
export function receiver(routes: readonly Route[], log: Log) {
  const byPath = new Map(routes.flatMap((route) => route.paths.map((path) => [path, route] as const)));
  const slots = openSlots(MOST_AT_ONCE);
  const spareOf = shareSpare(openSpare({ most: 16, largestBytes: 4 * 1024 * 1024 }), MOST_BYTES);

  const answerOf = (route: Route) => async (ctx: Context, incoming: HttpBindings['incoming']) => {
    const client = senderOf(ctx.actor);
    if (!ctx.practice) throw unavailable('No practice is open here.');
    const intake = ctx.practice.receiving(client);
    const giveBack = slots.take(client.id);
    if (!giveBack) {
      intake.refused('unavailable');
      throw unavailable('Too much telemetry comes at once. Send it again in a moment.');
    }
    const spare = spareOf(client.id);
    let body: Buffer | undefined;
    try {
      body = await bodyOf(incoming, route.mostBytes, spare);
      const { records, telemetry } = ctx.practice.reading(client);
      const receiving = { client, intake: intake.request(body), records, telemetry, now: ctx.now, log: ctx.log };
      const answer = await route.answer(receiving, { headers: incoming.headers, body });
      if (answer.status >= 400) intake.refused(reasons[answer.status] ?? 'invalid');
      return respond(answer);
    } catch (error) {
      intake.refused(error instanceof Problem ? error.code : 'unavailable');
      throw error;
    } finally {
      // What is kept of it was copied.
      if (body) spare.giveBack(body);
      giveBack();
    }
  };

  return {
    answers: new Map(Array.from(byPath, ([path, route]) => [path, answerOf(route)] as const)),
    /** The answer to a request of a route that failed; nothing where the path is no route's. */
    refusal(path: string, error: unknown, headers: IncomingHttpHeaders): Response | undefined {
      const route = byPath.get(path);
      if (!route) return undefined;
      if (!(error instanceof Problem)) log.error({ err: error, path }, 'telemetry was not taken, by a bug');
      // Nothing was kept, and a sender drops what it is not told to send again.
      const problem = error instanceof Problem ? error : unavailable('Something went wrong inside Steward. Send it again.');
      const more: Record<string, string> = {
        ...(problem.retryable && { 'retry-after': String(RETRY_AFTER_S) }),
        ...(problem.code === 'unauthorized' && { 'www-authenticate': 'Bearer realm="steward"' }),
      };
      return respond(route.refuse(problem, statusOf[problem.code], headers), more);
    },
  };
}

function bodyOf(incoming: HttpBindings['incoming'], mostBytes: number, spare: Spare): Promise<Buffer> {
  const said = incoming.headers['content-length'];
  return readWhole(incoming, mostBytes, { spare, ...(said !== undefined && { promised: Number(said) }) });
}

/** Telemetry is a client's: the key says whose. */
function senderOf(actor: Actor): Client {
  if (actor.kind !== 'key' || !actor.client)
    throw new Problem('forbidden', 'Telemetry is sent with a key of the client that it is about.');
  if (!actor.scopes.includes('ingest')) throw new Problem('forbidden', 'This key lacks the scope "ingest".');
  return actor.client;
}

const respond = ({ status, contentType, body }: Outgoing, headers: Record<string, string> = {}) =>
  new Response(Buffer.from(body), { status, headers: { ...headers, 'content-type': contentType } });
