import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../stores/testing/temp.ts';
import { keepFair, type Fairness } from './connections.ts';

const open: { destroy(): void }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.destroy()));

async function serve(answer: RequestListener, fairness: Partial<Fairness> = {}) {
  const server = createServer(answer);
  keepFair(server, { most: 20, stalledMs: 60_000, proxies: new Set(), ...fairness });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push({ destroy: () => (server.closeAllConnections(), server.close()) });
  const { port } = server.address() as AddressInfo;
  /** A connection from one of this machine's own addresses that sent so much of a request; the text is what came back. */
  const ask = async (localAddress: string, sent: string) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    open.push(socket);
    const asked = { socket, text: '', isClosed: false };
    socket.on('error', () => undefined);
    socket.on('close', () => (asked.isClosed = true));
    socket.on('data', (piece) => (asked.text += piece.toString()));
    await new Promise<void>((connected) => socket.once('connect', connected));
    socket.write(sent);
    return asked;
  };
  return { server, ask };
}

const connections = (server: { getConnections(told: (error: Error | null, count: number) => void): void }) =>
  new Promise<number>((counted) => server.getConnections((_, count) => counted(count)));

// Linux has all of 127.0.0.0/8, others one address of it.
test.skipIf(process.platform !== 'linux')(
  'an address that holds all the connections it can get leaves some to others, and to itself once it lets go',
  async () => {
    const { ask } = await serve((_, answer) => answer.end('served'));
    const halves = await Promise.all(Array.from({ length: 20 }, () => ask('127.0.0.2', 'GET / HTTP/1.1\r\nX: ')));
    await eventually(() => Promise.resolve(halves.filter(({ isClosed }) => isClosed).length === 4));
    const served = async (from: string) => {
      const asked = await ask(from, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await eventually(() => Promise.resolve(asked.isClosed));
      return asked.text.includes('served');
    };
    expect(await served('127.0.0.1')).toBe(true);
    expect(await served('127.0.0.2')).toBe(false);
    for (const { socket } of halves) socket.destroy();
    await eventually(() => served('127.0.0.2'));
  },
);

test('a proxy brings the connections of everybody', async () => {
  const { server, ask } = await serve((_, answer) => answer.end(), { proxies: new Set(['127.0.0.1']) });
  await Promise.all(Array.from({ length: 19 }, () => ask('127.0.0.1', 'GET / HTTP/1.1\r\nX: ')));
  await eventually(async () => (await connections(server)) === 19);
});

test('an answer that nobody reads is let go of, one that takes long is waited for', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024);
  let goOn = () => undefined as void;
  const longEnough = new Promise<void>((resolve) => (goOn = resolve));
  const { server, ask } = await serve(
    (request, answer) => {
      if (request.url === '/large') answer.end(large);
      else void longEnough.then(() => answer.end('at last'));
    },
    { stalledMs: 300 },
  );
  const long = await ask('127.0.0.1', 'GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const unread = await ask('127.0.0.1', 'GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
  unread.socket.pause();
  await eventually(async () => (await connections(server)) === 1);
  goOn();
  await eventually(() => Promise.resolve(long.isClosed));
  expect(long.text).toContain('at last');
});
