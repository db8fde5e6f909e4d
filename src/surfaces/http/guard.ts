import type { HttpBindings } from '@hono/node-server';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { invalid, Problem } from '../../platform/problem.ts';
import type { WorkSpan } from '../../platform/tracing.ts';

export type Env = { Bindings: HttpBindings; Variables: { requestId: string; span: WorkSpan } };

const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Every answer: nothing is kept, framed, sniffed or run. Pages and their files say themselves what they need. */
export const headersOfAll = [
  secureHeaders({
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // For whoever terminates TLS before us to say; on plain HTTP browsers ignore it.
    strictTransportSecurity: false,
  }),
  (async (c, next) => {
    await next();
    if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', NOTHING);
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  }) satisfies MiddlewareHandler<Env>,
];

/** Refuses paths that two programs could read differently. The path as it was sent: what Hono sees has been tidied up. */
export const onePath: MiddlewareHandler<Env> = async ({ env }, next) => {
  const [path = ''] = (env.incoming.url ?? '').split('?');
  if (/%2f|%5c|%00|%2e|\/\/|\\|\/\.{1,2}(\/|$)/i.test(path)) throw invalid('The path is ambiguous.');
  await next();
};

/**
 * Refuses what a browser was made to send by somebody else's page: a name that was bent to this address (DNS rebinding), and
 * requests from another origin. Programs send no origin and are not concerned.
 */
export const fromUs =
  (hosts: ReadonlySet<string>): MiddlewareHandler<Env> =>
  async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!hosts.has(nameOf(host)))
      throw new Problem(
        'forbidden',
        'This server does not go by that name. Set STEWARD_PUBLIC_URL to the address it is reached at.',
      );
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    // A link to a page, followed from wherever it was sent to; it changes nothing and carries nothing.
    if (isVisit(c.req)) return next();
    const strange = origin !== undefined && parsed(origin)?.host !== host;
    if (strange || (site !== undefined && site !== 'same-origin' && site !== 'none'))
      throw new Problem('forbidden', 'Requests from other sites are refused.');
    await next();
  };

function isVisit(request: HonoRequest): boolean {
  const told = (name: string) => request.header(`sec-fetch-${name}`);
  const visits = request.method === 'GET' && told('mode') === 'navigate' && told('dest') === 'document';
  return (
    visits && (!request.path.startsWith('/api/') || request.path === '/api/docs' || request.path === '/api/auth/callback/sso')
  );
}

/** The parts of an address; nothing when it is none. */
const parsed = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
const nameOf = (host: string) => parsed(`http://${host}`)?.hostname ?? '';

/** The names that a server at this address goes by. */
export function hostsOf(listenHost: string, publicUrl: string | undefined): Set<string> {
  const known = ['localhost', '127.0.0.1', '[::1]', nameOf(listenHost.includes(':') ? `[${listenHost}]` : listenHost)];
  return new Set([...known, ...(publicUrl ? [new URL(publicUrl).hostname] : [])].filter(Boolean));
}
