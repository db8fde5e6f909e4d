import { randomUUID } from 'node:crypto';
import { Hono, type Context as Request } from 'hono';
import type { Actor } from '../../platform/access.ts';
import type { ProcessRole } from '../../platform/config.ts';
import type { Context } from '../../platform/context.ts';
import type { Log } from '../../platform/log.ts';
import { perform, requireSound, type AnyOperation } from '../../platform/operation.ts';
import { notFound, Problem, tooMany } from '../../platform/problem.ts';
import type { Route } from '../../platform/route.ts';
import { noTracing, type Tracing } from '../../platform/tracing.ts';
import { mcpTools } from '../mcp/index.ts';
import { SIGN_IN_PATH, signInMethod, type Attempts, type SignIn } from '../../features/accounts/index.ts';
import { inputOf, queryOf } from './body.ts';
import { credentialOf, showsKey } from './credential.ts';
import { fromUs, headersOfAll, onePath, type Env } from './guard.ts';
import { addressOf } from './address.ts';
import { logged } from './logged.ts';
import { openApi } from './openapi.ts';
import { onlyFor } from './only-for.ts';
import { answerFile, answerPage } from './pages.ts';
import { traced } from './traced.ts';
import { roomForUnread } from './unread.ts';
import { receiver } from './receive.ts';
import { attemptOf, inOurWords, isRefusal, requireOwnPage } from './sign-in.ts';
import { RETRY_AFTER_S, statusOf } from './status.ts';

export interface AppParts {
  /** What this process is for; what others are for is refused, with a word of who they are. */
  role?: ProcessRole;
  operations: readonly AnyOperation[];
  routes: readonly Route[];
  /** Whose key it is; nothing when it is no valid one. */
  admit: (key: string) => Promise<Actor | undefined>;
  signIn: SignIn;
  attempts: Attempts;
  /** Whose word is taken for where a request came from. */
  proxies: ReadonlySet<string>;
  contextFor: (actor: Actor) => Context;
  /** Throws when a store cannot be asked. */
  ready: () => Promise<unknown>;
  /** What whoever keeps it running should know. */
  warnings: () => string[];
  /** For Prometheus; `open`: totals are told to anyone. */
  metrics: { open: boolean; text: (byClient: boolean) => Promise<string> };
  /** Of Steward's own work. */
  tracing?: Tracing;
  /** The names this server goes by. */
  hosts: ReadonlySet<string>;
  log: Log;
}

/** Of a sign-in: anybody may send it, and any number at once. */
const LARGEST_OF_STRANGERS = 16 * 1024;

/** Everything that is served over HTTP. Throws when a declaration of an operation is not sound. */
export function createApp({
  role = 'all',
  operations: all,
  routes,
  admit,
  signIn,
  attempts,
  proxies,
  contextFor,
  ready,
  warnings,
  metrics,
  hosts,
  tracing = noTracing,
  log,
}: AppParts): Hono<Env> {
  requireSound(all);
  const operations = all.filter(({ access }) => access !== 'local');
  const byName = new Map(operations.map((op) => [op.name as string, op]));
  const document = openApi(operations);
  const answerMcp = mcpTools(operations);
  const app = new Hono<Env>();

  const receive = receiver(routes, log);
  app.use(async (c, next) => {
    c.set('requestId', randomUUID());
    c.header('x-request-id', c.get('requestId'));
    await next();
  });
  app.use(logged(log));
  app.use(
    traced(tracing, (path) => (path.startsWith('/api/') && byName.has(path.slice('/api/'.length))) || receive.answers.has(path)),
  );
  for (const middleware of headersOfAll) app.use(middleware);
  app.use(onePath);
  // Asked by whoever keeps it running, under any name; they tell nothing of what is in it.
  app.get('/health', (c) => c.json({ status: 'ok' }));
  const readyLately = lately(ready);
  app.get('/ready', async (c) => {
    await readyLately();
    const told = warnings();
    return c.json({ status: 'ready', ...(told.length > 0 && { warnings: told }) });
  });
  app.use(onlyFor(role, new Set(receive.answers.keys())));
  app.use(fromUs(hosts));
  app.get('/api/openapi.json', (c) => c.json(document));
  app.get('/api/docs', (c) => answerPage(c));

  /** Who asks, before it is read what is asked for. */
  const enter = async (c: Request<Env>): Promise<Context> => {
    const actor = await admit(credentialOf(c.req.raw.headers));
    if (actor) return contextFor(asking(c, actor));
    // A good key is let in however many bad ones come from the same address.
    const from = { address: addressOf(c.env.incoming, proxies) };
    const waitS = await attempts.enter(from);
    attempts.refused(from, 'key');
    // Telemetry is told 401: what is told to wait is sent again for ever.
    if (waitS > 0 && !receive.answers.has(c.req.path)) throw tooMany('Too many wrong keys came from this address.', waitS);
    throw new Problem('unauthorized', 'The key is unknown, revoked or expired.');
  };
  /** The same, also for a person in a browser, who shows a cookie. */
  const enterAsAnyone = async (c: Request<Env>): Promise<Context> => {
    const { headers } = c.req.raw;
    const person = showsKey(headers) ? undefined : await signIn.admit(headers);
    if (!person) return enter(c);
    requireOwnPage(headers);
    for (const cookie of person.setCookies) c.header('set-cookie', cookie, { append: true });
    return contextFor(asking(c, person.actor));
  };
  const takeRoom = roomForUnread();
  const answerJson = (c: Request<Env>, { actor }: Context, { access }: AnyOperation, answer: unknown) => {
    const text = JSON.stringify(about(c, answer));
    // What was written is written, and to be told so.
    if (access !== 'local' && access.does === 'read') takeRoom(text, actor, c.env.outgoing);
    return c.body(text, 200, { 'content-type': 'application/json' });
  };
  app.get('/metrics', async (c) => {
    const isNobody = metrics.open && !showsKey(c.req.raw.headers);
    if (!isNobody) requireAdmin((await enter(c)).actor);
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(await metrics.text(!isNobody));
  });
  const input = (c: Request<Env>, largest?: number) => inputOf(c.req.raw.headers, c.env.incoming, largest);

  app.all(`${SIGN_IN_PATH}/*`, async (c) => {
    const { path } = c.req;
    const method = signInMethod(path);
    if (!method) throw notFound('There is nothing here.');
    if (c.req.method !== method) return refuseMethod(c, method);
    const { headers } = c.req.raw;
    if (method === 'POST') requireOwnPage(headers);
    const body = method === 'POST' ? await input(c, LARGEST_OF_STRANGERS) : undefined;
    const from = attemptOf(path, body, headers, addressOf(c.env.incoming, proxies));
    const waitS = from ? await attempts.enter(from) : 0;
    if (waitS > 0) throw tooMany('Too many attempts were refused. Wait a moment.', waitS);
    const answer = await signIn
      .answer({ method, path: path + new URL(c.req.url).search, headers, body })
      .catch(async (error: unknown) => {
        // Nothing was found out by it.
        if (from) await attempts.passed(from);
        throw error;
      });
    if (from && isRefusal(answer.status)) attempts.refused(from, path.slice(SIGN_IN_PATH.length + 1));
    else if (from && answer.ok) await attempts.passed(from);
    return inOurWords(answer);
  });
  for (const [path, answer] of receive.answers) app.post(path, async (c) => answer(await enter(c), c.env.incoming));
  app.post('/api/:name', async (c) => {
    const ctx = await enterAsAnyone(c);
    const op = byName.get(c.req.param('name'));
    if (!op) throw notFound('There is no such operation. /api/openapi.json lists them.');
    return answerJson(c, ctx, op, await perform(op, ctx, await input(c)));
  });
  // Only what is declared so, and a read always: a link that somebody follows changes nothing.
  app.get('/api/:name', async (c, next) => {
    const op = byName.get(c.req.param('name'));
    if (!op?.byGet) return next();
    const ctx = await enterAsAnyone(c);
    return answerJson(c, ctx, op, await perform(op, ctx, queryOf(c.req.url)));
  });
  app.post('/mcp', async (c) => answerMcp(await enter(c), c.req.raw, await input(c)));
  for (const path of ['/api/:name', '/mcp', ...receive.answers.keys()]) app.all(path, (c) => refuseMethod(c, 'POST'));

  for (const { path, body, status } of routes.flatMap(({ notices = [] }) => notices)) app.all(path, (c) => c.json(body, status));

  app.get('/assets/:file', (c) => answerFile(c, c.req.param('file')) ?? answerProblem(c, nothingHere()));
  app.notFound((c) => (wantsPage(c) ? answerPage(c) : answerProblem(c, nothingHere())));
  app.onError((error, c) => {
    const refusal = receive.refusal(c.req.path, error, c.env.incoming.headers);
    if (refusal) return refusal;
    if (error instanceof Problem) return answerProblem(c, error);
    const requestId = c.get('requestId');
    log.error({ err: error, requestId, path: c.req.path }, 'a request failed by a bug');
    const message = `Something went wrong inside Steward. The log has the details under ${requestId}.`;
    return c.json({ error: { code: 'internal', message } }, 500);
  });
  return app;
}

/** Whose key it is, told to the trace of the request; from now on its word is taken of which trace it is part. */
function asking(c: Request<Env>, actor: Actor): Actor {
  c.get('span').believe(c.env.incoming.headers);
  c.get('span').say({ 'steward.actor': actor.kind, 'steward.client': actor.kind === 'key' ? actor.client?.id : undefined });
  return actor;
}

/** The same of the client that an answer is about, which it names by id. */
function about(c: Request<Env>, answer: unknown): object {
  const { client } = answer as { client?: unknown };
  if (typeof client === 'string') c.get('span').say({ 'steward.client': client });
  return answer as object;
}

const nothingHere = () => notFound('There is nothing here.');

/** The app itself knows its addresses. At the first one there is a page for whoever asks, as for what looks whether it is there. */
const wantsPage = ({ req }: Request<Env>) =>
  (req.method === 'GET' || req.method === 'HEAD') &&
  !/^\/(api|v1|assets)(\/|$)/.test(req.path) &&
  (req.path === '/' || (req.header('accept') ?? '').includes('text/html'));

function refuseMethod(c: Request<Env>, method: string) {
  c.header('allow', method);
  return c.json({ error: { code: 'invalid', message: `This is asked by ${method}.` } }, 405);
}

/** The numbers of all clients are the practice's. */
function requireAdmin(actor: Actor): void {
  if (actor.kind !== 'key' || actor.client || !actor.scopes.includes('admin'))
    throw new Problem('forbidden', 'The metrics are shown to a key of the practice.');
}

function answerProblem(c: Request<Env>, { code, message, details, retryable, retryAfterS = RETRY_AFTER_S }: Problem) {
  if (code === 'unauthorized') c.header('www-authenticate', 'Bearer realm="steward"');
  if (retryable) c.header('retry-after', String(retryAfterS));
  return c.json({ error: { code, message, ...(details !== undefined && { details }) } }, statusOf[code]);
}

const REMEMBERED_MS = 1000;

/** Asks once a second at most, whoever asks and however often. */
function lately<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: { untilMs: number; answer: Promise<T> } | undefined;
  return () => {
    if (!known || performance.now() >= known.untilMs) known = { untilMs: performance.now() + REMEMBERED_MS, answer: ask() };
    return known.answer;
  };
}
