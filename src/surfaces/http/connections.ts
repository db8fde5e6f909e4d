import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../features/accounts/index.ts';
import { openSlots } from './slots.ts';
import { plainAddress } from './address.ts';

export interface Fairness {
  /** Connections that are open at once, from wherever. */
  most: number;
  /** How long an answer waits for somebody who reads nothing of it. */
  stalledMs: number;
  /** They bring the connections of everybody. */
  proxies: ReadonlySet<string>;
}

/**
 * Leaves connections to others, whoever takes all they can get: a request that is half sent, or an answer that nobody reads, costs
 * its sender nothing. An answer that is not read is in our memory.
 */
export function keepFair(server: Server, { most, stalledMs, proxies }: Fairness): void {
  const slots = openSlots(most);
  server.maxConnections = most;
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (proxies.has(address)) return;
    const giveBack = slots.take(networkOf(address));
    if (giveBack) socket.once('close', giveBack);
    else socket.destroy();
  });

  const asked = new WeakMap<Socket, number>();
  const add = (socket: Socket, by: 1 | -1) => asked.set(socket, (asked.get(socket) ?? 0) + by);
  server.on('request', ({ socket }, answer) => {
    add(socket, 1);
    answer.once('close', () => add(socket, -1));
  });
  // Nothing went to and fro for so long. Some answers take us longer, and then nothing waits to be read.
  server.setTimeout(stalledMs, (socket) => {
    if (!asked.get(socket) || socket.writableLength > 0) socket.destroy();
  });
}
