/**
 * Sends batches of spans as exporters do, each again and again until it is taken, and prints what became of each: `ok 17`, or
 * `no 17 400` for a refusal that is final. A process of its own. Arguments: addresses divided by commas, of which each try takes
 * the next; key, spans of a batch, senders at once,
 * milliseconds between two batches of a sender. On SIGTERM it finishes what it has begun.
 */
import { writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', key = '', spans = '20', senders = '4', betweenMs = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const mayPass = new Set([429, 502, 503, 504]);
/** Real exporters wait longer; the test does not. */
const LONGEST_WAIT_MS = 250;
const urls = url.split(',');
let turn = 0;
let next = 0;
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

function bodyOf(batch: number): string {
  const at = String(BigInt(Date.now()) * 1_000_000n);
  const of = Array.from({ length: Number(spans) }, (_, n) => ({
    traceId: hex(batch + 1, 32),
    spanId: hex(n + 1, 16),
    name: 'work',
    kind: 1,
    startTimeUnixNano: at,
    endTimeUnixNano: at,
    attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } }],
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: of }] }] });
}

/** The status; 0 when nobody answered. */
const post = (url: string, body: string) =>
  new Promise<number>((done) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const sent = request(`${url}/v1/traces`, { method: 'POST', agent, headers, timeout: 20_000 }, (answer) => {
      answer.resume();
      answer.on('close', () => done(answer.complete ? (answer.statusCode ?? 0) : 0));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => done(0));
    sent.end(body);
  });

async function sender(): Promise<void> {
  while (!ending.signal.aborted) {
    const batch = next++;
    const body = bodyOf(batch);
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const status = await post(urls[turn++ % urls.length]!, body);
      if (status === 200) writeSync(1, `ok ${batch}\n`);
      else if (status === 0 || mayPass.has(status)) {
        writeSync(1, `again ${batch} ${status}\n`);
        await sleep(waitMs);
        continue;
      } else writeSync(1, `no ${batch} ${status}\n`);
      break;
    }
    if (Number(betweenMs) > 0) await sleep(Number(betweenMs));
  }
}

await Promise.all(Array.from({ length: Number(senders) }, sender));
agent.destroy();
