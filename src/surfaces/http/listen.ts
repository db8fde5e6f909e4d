import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { Problem } from '../../platform/problem.ts';
import { keepFair } from './connections.ts';
import type { Env } from './guard.ts';

const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 60_000;
const LONGEST_HEADERS = 16 * 1024;
const MOST_CONNECTIONS = 2000;
const STALLED_MS = 60_000;
const NONE: ReadonlySet<string> = new Set();

export interface Listening {
  /** Where it is reached on this machine. */
  url: string;
  /** Takes nothing new, and waits for what has begun, but not longer than `withinMs`. */
  close(withinMs?: number): Promise<void>;
}

/** Serves an app. Throws `conflict` when the port is taken. */
export async function listen(
  app: Hono<Env>,
  { host, port, proxies = NONE }: { host: string; port: number; proxies?: ReadonlySet<string> },
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      maxHeaderSize: LONGEST_HEADERS,
      // What is nothing in HTTP, or two things, is refused by the parser.
      insecureHTTPParser: false,
    },
  });
  keepFair(server as Server, { most: MOST_CONNECTIONS, stalledMs: STALLED_MS, proxies });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      listening();
    });
  }).catch((cause: NodeJS.ErrnoException) => Promise.reject(whyNot(cause, host, port)));
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    close: (withinMs = 10_000) => closeServer(server as Server, withinMs),
  };
}

function closeServer(server: Server, withinMs: number): Promise<void> {
  return new Promise((closed) => {
    // A connection that is kept for a next request would be waited for too, once its last one is answered.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      closed();
    });
  });
}

/** No such name, or an address that is another machine's, or none. */
const unknownHost = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL', 'EAFNOSUPPORT']);

function whyNot(cause: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (cause.code === 'EADDRINUSE')
    return new Problem('conflict', `Port ${port} is taken by another program. Choose one with PORT, e.g. PORT=${port + 1}.`, {
      cause,
    });
  if (cause.code && unknownHost.has(cause.code))
    return new Problem(
      'invalid',
      `STEWARD_HOST=${host} is no address of this machine. 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses.`,
      {
        cause,
      },
    );
  if (cause.code === 'EACCES')
    return new Problem('invalid', `${host} port ${port} cannot be listened on. Choose with STEWARD_HOST and PORT.`, { cause });
  return cause;
}
