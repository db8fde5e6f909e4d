import { Problem } from '../../platform/problem.ts';

const unauthorized = (message: string) => new Problem('unauthorized', message);

/** Whether a request shows a key at all: then a cookie that came along counts for nothing. */
export const showsKey = (headers: Headers) => headers.has('authorization') || headers.has('x-api-key');

/**
 * The key that a request shows: `Authorization: Bearer`, `x-api-key`, or Basic as telemetry clients send it, where the key is the
 * password, or the user where there is none. Throws `unauthorized` when there is none, or two.
 */
export function credentialOf(headers: Headers): string {
  const authorization = headers.get('authorization');
  const plain = headers.get('x-api-key')?.trim();
  const key = authorization === null ? undefined : fromAuthorization(authorization);
  if (key && plain && key !== plain) throw unauthorized('The request shows two different keys. Send one.');
  if (!key && !plain) throw unauthorized('Show an API key: "Authorization: Bearer KEY".');
  return (key ?? plain)!;
}

function fromAuthorization(header: string): string {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') throw unauthorized('Show the API key as "Authorization: Bearer KEY".');
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return (colon < 0 ? decoded : decoded.slice(colon + 1) || decoded.slice(0, colon)) || '-';
}
