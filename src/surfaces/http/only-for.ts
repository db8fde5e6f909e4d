import type { MiddlewareHandler } from 'hono';
import type { ProcessRole } from '../../platform/config.ts';
import { notFound } from '../../platform/problem.ts';
import type { Env } from './guard.ts';

const elsewhere: Record<Exclude<ProcessRole, 'all'>, string> = {
  web: 'This process takes no telemetry (STEWARD_ROLE=web). Send it to one with STEWARD_ROLE=ingest, or all.',
  ingest:
    'This process only takes telemetry (STEWARD_ROLE=ingest). Pages and operations are at one with STEWARD_ROLE=web, or all.',
  worker: 'This process only runs jobs (STEWARD_ROLE=worker). Pages and operations are at one with STEWARD_ROLE=web, or all.',
};

/** Refuses what processes of another role are for. Final, not to be tried again: whoever sends must be pointed elsewhere. */
export const onlyFor =
  (role: ProcessRole, routes: ReadonlySet<string>): MiddlewareHandler<Env> =>
  async ({ req }, next) => {
    if (role === 'all' || req.path === '/metrics') return next();
    if (role === 'web' ? routes.has(req.path) : !(role === 'ingest' && routes.has(req.path))) throw notFound(elsewhere[role]);
    await next();
  };
