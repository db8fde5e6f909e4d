import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

const Address = z.union([z.ipv4(), z.ipv6()]);

/** Where a request came from: the peer, or whom a proxy of ours says it speaks for. */
export function addressOf(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  proxies: ReadonlySet<string>,
): string {
  const peer = plainAddress(socket.remoteAddress ?? '');
  if (!proxies.has(peer)) return peer;
  // The last is what the proxy itself saw; those before it are what it was told.
  const told = plainAddress(
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '',
  );
  return Address.safeParse(told).success ? told : peer;
}

/** Of IPv4 within IPv6, the IPv4. */
export const plainAddress = (address: string) => address.replace(/^::ffff:/i, '');
