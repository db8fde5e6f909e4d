import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const DAY_MS = 86_400_000;
const DAYS = 60;
const START_MS = Date.parse('2026-05-04T00:00:00Z');

const words =
  `the customer order invoice please refund ship number date total amount account reply draft policy item return answer
  question model prime check step yes no because therefore product support team`
    .trim()
    .split(/\s+/);

/** The same numbers in every run: xorshift. */
function randomOf(seed: number) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Lines of AI calls, about 1 KB each, whose quality and latency get worse half way. */
function* lines(rows: number) {
  const random = randomOf(1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const sentence = () => Array.from({ length: 30 + Math.floor(random() * 60) }, () => pick(words)).join(' ');
  const texts = Array.from({ length: 4000 }, sentence);
  for (let i = 0; i < rows; i += 1) {
    const late = i > rows / 2;
    yield `${JSON.stringify({
      timestamp: new Date(START_MS + (i / rows) * DAYS * DAY_MS).toISOString(),
      model: random() < 0.7 ? 'gpt-4o' : 'gpt-4o-mini',
      input: pick(texts),
      output: `${random() < 0.02 ? "I'm sorry, but I can't help with that. " : ''}${pick(texts)}`,
      latency_s: Number(Math.exp(random() + random() + (late ? 0.3 : 0)).toFixed(3)),
      cost_usd: Number((0.001 + random() * 0.01).toFixed(5)),
      input_tokens: 100 + Math.floor(random() * 100),
      output_tokens: 80 + Math.floor(random() * 100),
      score: random() < (late ? 0.6 : 0.85) ? 1 : 0,
      user: `u${Math.floor(random() * 5000)}`,
      customer: `c${Math.floor(random() * 8)}`,
    })}\n`;
  }
}

const BLOCK = 1000;

function* blocks(rows: number) {
  let block: string[] = [];
  for (const line of lines(rows)) {
    block.push(line);
    if (block.length < BLOCK) continue;
    yield block.join('');
    block = [];
  }
  yield block.join('');
}

/** Writes a log of that many rows as JSONL. */
export const generate = (path: string, rows: number) =>
  pipeline(Readable.from(blocks(rows), { objectMode: true }), createWriteStream(path));
