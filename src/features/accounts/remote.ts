import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import { post, type Answer } from '../../platform/egress.ts';
import { Problem, unavailable, type ProblemCode } from '../../platform/problem.ts';
import { ownerKeyOf } from './first-start.ts';
import { addressOf } from './own-server.ts';

const codes = [
  'invalid',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'too_many',
  'unavailable',
] as const satisfies ProblemCode[];
const Failed = z.object({ error: z.object({ code: z.enum(codes), message: z.string(), details: z.unknown().optional() }) });

/** Where the server is that the settings name, and the key to show there. Throws `unauthorized` when there is none. */
function serverOf({ server, listen, dataDir }: Config): { url: string; key: string } {
  // The key of this machine's data directory is for this machine's server and never shown to another.
  const key = server.key ?? (server.url === undefined ? ownerKeyOf(dataDir) : undefined);
  if (key === undefined) throw new Problem('unauthorized', noKey(server.url));
  const own = server.url ?? addressOf(dataDir);
  if (own === undefined && server.key === undefined)
    throw unavailable(`No server runs on ${dataDir}. Start it with "steward serve", or say with STEWARD_URL where it is.`);
  const url = own ?? `http://127.0.0.1:${listen.port}`;
  return { url: url.replace(/\/+$/, ''), key };
}

/** Posts to the server that the settings name, with the key that they name unless the headers bring another. */
export async function postToServer(
  config: Config,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Answer & { url: string }> {
  const { url, key } = serverOf(config);
  const all = { authorization: `Bearer ${key}`, ...headers, 'content-type': 'application/json' };
  const answer = await post(`${url}${path}`, all, body).catch((error: unknown) =>
    Promise.reject(config.server.url === undefined ? notRunning(error) : error),
  );
  return { ...answer, url };
}

/** Asks the server that the settings name. Throws the `Problem` that the server answers. */
export async function askServer(
  { name }: { name: string },
  config: Config,
  input: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const { status, text, url } = await postToServer(config, `/api/${name}`, headers, JSON.stringify(input));
  const answer = parse(text);
  if (status === 200 && answer !== undefined) return answer;
  throw problemOf(answer) ?? unavailable(`${url} answered ${status} and not as a Steward does.`);
}

function problemOf(answer: unknown): Problem | undefined {
  const failed = Failed.safeParse(answer);
  if (!failed.success) return undefined;
  const { code, message, details } = failed.data.error;
  return new Problem(code, message, { details });
}

const noKey = (url: string | undefined) =>
  url === undefined
    ? 'There is no owner.key in the data directory: the server was never started on it. Start it with "steward serve", or set STEWARD_KEY.'
    : 'Set STEWARD_KEY to an API key of that server.';

const notRunning = (error: unknown) =>
  error instanceof Problem && error.code === 'unavailable'
    ? unavailable(`${error.message} Start the server with "steward serve", or say with STEWARD_URL where it is.`, error)
    : error;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
