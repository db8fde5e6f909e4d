import type { MiddlewareHandler } from 'hono';
import { SIGN_IN_PATH, signInMethod } from '../../features/accounts/index.ts';
import { silent, type Tracing, type WorkSpan } from '../../platform/tracing.ts';
import type { Env } from './guard.ts';

/** Asked all the time by whoever keeps it running. */
const unsaid = new Set(['/health', '/ready', '/metrics']);
const known = new Set(['/mcp', '/api/openapi.json', '/api/docs']);

/** A span for each request. Its name is one of ours: a path that nobody serves is a text of whoever asked, and is not repeated. */
export const traced =
  (tracing: Tracing, isServed: (path: string) => boolean): MiddlewareHandler<Env> =>
  async (c, next) => {
    const { path, method } = c.req;
    const run = async (span: WorkSpan) => {
      c.set('span', span);
      await next();
      span.say({ 'http.response.status_code': c.res.status });
      if (c.res.status >= 500) span.failed();
    };
    if (unsaid.has(path)) return run(silent);
    const route = routeOf(path, isServed);
    const attributes = { 'http.request.method': method, 'http.route': route, 'steward.request_id': c.get('requestId') };
    await tracing.span({ name: `${method} ${route}`, attributes, isRequest: true }, run);
  };

function routeOf(path: string, isServed: (path: string) => boolean): string {
  if (known.has(path) || isServed(path)) return path;
  if (path.startsWith(`${SIGN_IN_PATH}/`)) return signInMethod(path) ? path : `${SIGN_IN_PATH}/*`;
  return path.startsWith('/assets/') ? '/assets/:file' : '*';
}
