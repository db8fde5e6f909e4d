import type { Context } from '../../platform/context.ts';
import { ClientRef } from './model.ts';

export interface ClientWork<T> {
  /** Looks, behind the client's wall, whether there is something to do; nothing: there is not. */
  due: (ctx: Context) => Promise<T | undefined>;
  run: (ctx: Context, due: T) => Promise<void>;
}

/**
 * What a job does for every client, each behind its wall, in a transaction and with an entry in the audit trail. A client for whom
 * it fails stops it for none of the others.
 */
export async function inEachClient<T>(ctx: Context, { due, run }: ClientWork<T>): Promise<void> {
  const practice = ctx.practice;
  if (!practice || ctx.actor.kind !== 'job') throw new Error('Only a job of the server goes through all clients.');
  const { name } = ctx.actor;
  const clients = await practice.reading(null).records.rows(ClientRef)`select id, name from client order by id`;
  for (const client of clients) {
    try {
      const found = await due({ ...ctx, client, ...practice.reading(client) });
      if (found === undefined) continue;
      const deed = { operation: name, actor: ctx.actor, at: ctx.now(), input: {} };
      await practice.writing(client, deed, (handles) => run({ ...ctx, client, ...handles }, found));
    } catch (error) {
      ctx.log.error({ err: error, job: name, client: client.id }, 'a job failed for a client');
    }
  }
}
