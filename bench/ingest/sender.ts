/**
 * The load, in a process of its own: sends bodies over some connections, at a rate or as fast as they are taken. Prints what it
 * came to as one line of JSON. Arguments: those of `Load`, as JSON.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { makeBody, SPANS_OF_BODY, traceIdPlaces } from './bodies.ts';

export interface Load {
  url: string;
  key: string;
  seconds: number;
  /** Spans per second; as many as are taken when missing. */
  rate: number | null;
  connections: number;
  /** Compressed bodies are made before the clock starts, so many. */
  gzipBodies: number;
}

export interface Sent {
  spans: number;
  refused: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  bytesPerSpan: number;
  /** Processor time of the sender, in µs: it shares the machine with what it measures. */
  cpuUs: number;
}

const BODIES = 24;

export async function sendLoad({ url, key, seconds, rate, connections, gzipBodies }: Load): Promise<Sent> {
  const plain = Array.from({ length: BODIES }, () => {
    const body = makeBody();
    return { body, places: traceIdPlaces(body) };
  });
  let next = 0;
  const fresh = () => {
    const { body, places } = plain[(next += 1) % BODIES]!;
    const id = randomBytes(8);
    // Four spans each of one trace; the rest of the id stays.
    for (const at of places) id.copy(body, at);
    return body;
  };
  const packed = Array.from({ length: gzipBodies }, () => gzipSync(fresh()));
  process.stdout.write('ready\n');
  const before = process.cpuUsage();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  let [spans, refused, bytes, sent] = [0, 0, 0, 0];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;

  async function one(): Promise<void> {
    const body = gzipBodies > 0 ? packed.pop() : Buffer.from(fresh());
    if (!body) return;
    for (;;) {
      const beganMs = performance.now();
      const status = await post(url, key, body, gzipBodies > 0, agent);
      took.push(performance.now() - beganMs);
      if (status === 200) break;
      if (status !== 503 && status !== 429) throw new Error(`Answered ${status}.`);
      refused += 1;
      await sleep(1000);
    }
    spans += SPANS_OF_BODY;
    bytes += body.length;
  }

  const isOver = () => performance.now() >= endMs || (gzipBodies > 0 && packed.length === 0);
  if (rate === null) {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (!isOver()) await one();
      }),
    );
  } else {
    const under: Promise<void>[] = [];
    // By the clock, whatever the answers take: a slow answer does not spare the next.
    while (!isOver()) {
      const due = startMs + (sent * SPANS_OF_BODY * 1000) / rate;
      await sleep(Math.max(0, due - performance.now()));
      sent += 1;
      under.push(one());
    }
    await Promise.all(under);
  }
  agent.destroy();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  const { user, system } = process.cpuUsage(before);
  const lasted = (performance.now() - startMs) / 1000;
  return { spans, refused, seconds: lasted, p50Ms: at(0.5), p99Ms: at(0.99), bytesPerSpan: bytes / spans, cpuUs: user + system };
}

function post(url: string, key: string, body: Buffer, isPacked: boolean, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1/traces`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': body.length,
          authorization: `Bearer ${key}`,
          ...(isPacked && { 'content-encoding': 'gzip' }),
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
