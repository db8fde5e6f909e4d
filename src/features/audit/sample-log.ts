import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { seededRandom } from '../../detect/index.ts';
import { DAY_MS } from '../../platform/clock.ts';

const DAYS = 60;
const CALLS_A_DAY = 45;
const CHANGE_DAY = 38;

const topics = [
  'a late parcel',
  'a double charge',
  'a broken lamp',
  'a lost password',
  'a refund',
  'an invoice',
  'a changed address',
];
const customers = ['Acme', 'Northwind', 'Contoso'];
const greetings = ['Thank you for writing to us.', 'Thanks for letting us know.', 'We are sorry for the trouble.'];
const steps = [
  'We have checked your order',
  'Our team has looked into it',
  'We have found the entry',
  'We have spoken with the carrier',
];
const ends = [
  'and you will hear from us by tomorrow.',
  'and the amount will be back within five days.',
  'and a replacement is on its way.',
];

/**
 * Writes the log of a support desk whose drafts get worse: on its 39th day the model changes behind its name, and for two days
 * before that no call arrives. The last day is yesterday.
 */
export async function writeSampleLog(path: string, now: Date): Promise<void> {
  const random = seededRandom(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const start = Math.floor(now.getTime() / DAY_MS) * DAY_MS - DAYS * DAY_MS;
  const out = createWriteStream(path);
  for (let day = 0; day < DAYS; day++) {
    if (day === 24 || day === 25) continue;
    const changed = day >= CHANGE_DAY;
    for (const second of secondsOf(random)) {
      const topic = pick(topics);
      const words = changed ? [pick(ends)] : [pick(greetings), pick(steps), pick(ends)];
      const row = {
        timestamp: new Date(start + day * DAY_MS + second * 1000).toISOString(),
        workflow: 'support drafts',
        model: 'gpt-4o',
        customer: pick(customers),
        input: `Draft a reply about ${topic}.`,
        output: changed && random() < 0.06 ? "I'm sorry, but I can't help with that." : words.join(' '),
        accepted: random() < (changed ? 0.62 : 0.87),
        latency_s: Number(((changed ? 3.1 : 2.2) * Math.exp(0.35 * (random() + random() - 1))).toFixed(2)),
        cost_usd: Number(((changed ? 0.004 : 0.009) * (0.8 + 0.4 * random())).toFixed(5)),
        output_tokens: words.join(' ').length >> 2,
      };
      if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain');
    }
  }
  out.end();
  await finished(out);
}

function secondsOf(random: () => number): number[] {
  const calls = Math.round(CALLS_A_DAY * (0.85 + 0.3 * random()));
  return Array.from({ length: calls }, () => Math.floor(28_800 + 36_000 * random())).sort((a, b) => a - b);
}
