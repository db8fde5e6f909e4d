import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { invalid, Problem, unavailable } from './problem.ts';

const WITHIN_MS = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface Answer {
  status: number;
  text: string;
  /** How long to wait before asking again, where the answer says so in seconds. */
  retryAfterS?: number;
}

/**
 * Posts to an address that the person at the terminal named, or whoever started the server. Follows no redirect: the key is for this address alone.
 * Throws `unavailable` when nobody answers.
 */
export async function post(
  url: string,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
  withinMs = WITHIN_MS,
): Promise<Answer> {
  // oxlint-disable-next-line no-restricted-globals -- this is the place
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(withinMs),
  }).catch((cause: unknown) => Promise.reject(unavailable(`Nobody answers at ${new URL(url).origin}.`, cause)));
  const wait = Number(answer.headers.get('retry-after') ?? 'unsaid');
  return { status: answer.status, text: await textOf(answer), ...(wait >= 0 && { retryAfterS: wait }) };
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new Problem('too_large', 'The answer is too large. Ask for less.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const KEPT_ASKED_WITHIN_MS = 10_000;
const LARGEST_KEPT_ANSWER = 1024 * 1024;

/** Networks that are nobody's on the internet: this machine, this house, this cloud's own services, and what is not yet given out. */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, bits, 'ipv4');
const outside = new BlockList();
outside.addSubnet('2000::', 3, 'ipv6');
// Ways to write an IPv4 address, and machines' own networks, within what is given out.
for (const [network, bits] of [
  ['2001::', 23],
  ['2002::', 16],
] as const)
  inside.addSubnet(network, bits, 'ipv6');

/** Whether an address is one of the internet's. */
export const isPublicAddress = (address: string) =>
  isIPv6(address) ? outside.check(address, 'ipv6') && !inside.check(address, 'ipv6') : !inside.check(address, 'ipv4');

export interface Asked {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/**
 * Asks an address that somebody wrote into a setting of the server, and which may therefore be aimed at what only the server can
 * reach. The name is resolved once, each of its addresses must be one of the internet's unless the host is named in `insideHosts`,
 * and that very address is then asked: a name cannot become another in between. Follows no redirect. Throws `Problem`.
 */
export async function askKept(url: string, asked: Asked, insideHosts: readonly string[]): Promise<Answer> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['https:', 'http:'].includes(parsed.protocol) || parsed.username || parsed.password)
    throw invalid('An address begins with https:// and holds no user.');
  const mayBeInside = insideHosts.includes(parsed.hostname);
  if (parsed.protocol === 'http:' && !mayBeInside) throw invalid(`${parsed.origin} is asked by https only.`);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host }] : await lookup(host, { all: true, order: 'ipv4first' }).catch(() => []);
  const [first] = found;
  if (!first) throw unavailable(`There is no machine called ${host}.`);
  if (!mayBeInside && !found.every(({ address }) => isPublicAddress(address)))
    throw invalid(`${host} is not on the internet. Name it in STEWARD_INSIDE_HOSTS if Steward may ask it.`);
  return send(parsed, first.address, asked);
}

function send(url: URL, address: string, { method = 'GET', headers = {}, body }: Asked): Promise<Answer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const gone = (cause: unknown) => reject(unavailable(`Nobody answers at ${url.origin}.`, cause));
    const sent = request(
      url,
      {
        method,
        headers: {
          accept: 'application/json',
          ...headers,
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
        signal: AbortSignal.timeout(KEPT_ASKED_WITHIN_MS),
        agent: false,
        // The address that was looked at, and no other.
        lookup: (_host, options, done) =>
          options.all ? done(null, [{ address, family: isIP(address) }]) : done(null, address, isIP(address)),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > LARGEST_KEPT_ANSWER) sent.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        answer.on('error', gone);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
      },
    );
    sent.on('error', gone);
    sent.end(body);
  });
}
