import type { MiddlewareHandler } from 'hono';
import type { Log } from '../../platform/log.ts';
import type { Env } from './guard.ts';

const LONGEST_PATH = 200;

/**
 * One line for each request: refused ones at `info`, the others at `debug`. Nothing of what was sent is in it, no query and no
 * header. A bug has a line of its own under the same id, where it was caught.
 */
export const logged =
  (log: Log): MiddlewareHandler<Env> =>
  async (c, next) => {
    const startedMs = performance.now();
    await next();
    const { status } = c.res;
    const line = {
      requestId: c.get('requestId'),
      method: c.req.method,
      path: c.req.path.slice(0, LONGEST_PATH),
      status,
      ms: Math.round(performance.now() - startedMs),
    };
    if (status >= 400) log.info(line, 'a request was refused');
    else log.debug(line, 'a request was answered');
  };
