import { seededRandom } from './random.ts';

/** Mutated bodies, the same for the same seed: flipped bits, cuts, lies about lengths, foreign bytes, repeats. */
export function fuzzer(bodies: readonly Uint8Array[], seed: number): () => Uint8Array {
  const random = seededRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const mutations = [flipBit, cut, lie, insert, repeat, swap];
  return () => {
    let body: Buffer = Buffer.from(bodies[below(bodies.length)]!);
    for (let times = 1 + below(4); times > 0 && body.length > 0; times--) body = mutations[below(mutations.length)]!(body, below);
    return body;
  };
}

type Below = (most: number) => number;

function flipBit(body: Buffer, below: Below): Buffer {
  const at = below(body.length);
  body[at] = body[at]! ^ (1 << below(8));
  return body;
}

const cut = (body: Buffer, below: Below) => body.subarray(0, below(body.length));

const liars = [
  [0xff],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80],
  [0x00],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
];

function lie(body: Buffer, below: Below): Buffer {
  const at = below(body.length);
  return Buffer.concat([body.subarray(0, at), Buffer.from(liars[below(liars.length)]!), body.subarray(at + 1)]);
}

const foreign = [
  '\u0000',
  '__proto__',
  '{"__proto__":{"x":1}}',
  '[[[[',
  '\u001f\u008b',
  '\\ud800',
  '1e999',
  'null',
  '-1',
  '\u000b\u000c',
];

function insert(body: Buffer, below: Below): Buffer {
  const at = below(body.length);
  return Buffer.concat([body.subarray(0, at), Buffer.from(foreign[below(foreign.length)]!, 'latin1'), body.subarray(at)]);
}

function repeat(body: Buffer, below: Below): Buffer {
  const start = below(body.length);
  const part = body.subarray(start, start + 1 + below(64));
  return Buffer.concat([body.subarray(0, start), part, part, body.subarray(start)]);
}

function swap(body: Buffer, below: Below): Buffer {
  const [a, b] = [below(body.length), below(body.length)];
  [body[a], body[b]] = [body[b]!, body[a]!];
  return body;
}
