import { randomBytes } from 'node:crypto';
import type { Noting } from '../../platform/practice.ts';
import { unavailable } from '../../platform/problem.ts';

/** Names a span among those of its client. */
export interface SpanId {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/**
 * Which spans were received lately, in memory. Eight bytes each, bounded: the oldest are forgotten first. It makes counts right
 * at once; the table is right without it, as it keeps one row of each span.
 */
export interface Seen {
  /** `forget`: they were not kept after all, and those that were new are unknown again. */
  noting(client: string): Noting;
}

/** Slots of the first generation; each further one has twice as many, up to the largest. Of two words each. */
const FIRST_SLOTS = 2 ** 16;
const LARGEST_SLOTS = 2 ** 22;
/** Of all generations: 128 MB. */
const MOST_SLOTS = 2 ** 24;
const FULL = 0.7;
/** Stands where something was taken out. No hash is made so. */
const REMOVED = 1;

interface Generation {
  words: Uint32Array;
  mask: number;
  used: number;
}

const generation = (slots: number): Generation => ({ words: new Uint32Array(slots * 2), mask: slots - 1, used: 0 });

/** Empty. Slots are places for spans, of eight bytes each; a generation is full at seven tenths. */
export function openSeen({ firstSlots = FIRST_SLOTS, largestSlots = LARGEST_SLOTS, mostSlots = MOST_SLOTS } = {}): Seen {
  // A sender that knew it could choose ids that all fall into one place.
  const seed = randomBytes(8);
  const seeds = [seed.readUInt32LE(0), seed.readUInt32LE(4)] as const;
  /** The newest first. It never has to be rebuilt larger, which would hold up everything. */
  const generations = [generation(firstSlots)];
  let high = 0;
  let low = 0;

  function stir(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x85ebca6b);
      low = Math.imul(low ^ unit, 0xc2b2ae35) ^ (high >>> 15);
      high = (high << 13) | (high >>> 19);
    }
  }

  /** What the hashes of a client's spans begin with. */
  function beginningOf(client: string): readonly [number, number] {
    [high, low] = seeds;
    stir(client);
    return [high, low];
  }

  function hash(beginning: readonly [number, number], { traceId, spanId }: SpanId): void {
    high = beginning[0];
    low = beginning[1];
    stir(traceId);
    stir(spanId);
    high = mix(high ^ low) >>> 0;
    low = mix(low ^ Math.imul(high, 0x9e3779b1)) >>> 0;
    // 0 is an empty place.
    if (high <= REMOVED) high += 2;
  }

  /** Where it is, or -1. */
  function find({ words, mask }: Generation): number {
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const word = words[slot * 2];
      if (word === 0) return -1;
      if (word === high && words[slot * 2 + 1] === low) return slot;
    }
  }

  function add(): void {
    let newest = generations[0]!;
    if (newest.used >= (newest.mask + 1) * FULL) {
      newest = generation(Math.min((newest.mask + 1) * 2, largestSlots));
      generations.unshift(newest);
      const slots = () => generations.reduce((sum, { mask }) => sum + mask + 1, 0);
      while (generations.length > 1 && slots() > mostSlots) generations.pop();
    }
    const { words, mask } = newest;
    let slot = low & mask;
    while (words[slot * 2]! > REMOVED) slot = (slot + 1) & mask;
    if (words[slot * 2] === 0) newest.used += 1;
    words[slot * 2] = high;
    words[slot * 2 + 1] = low;
  }

  function noteOne(beginning: readonly [number, number], span: SpanId): boolean {
    hash(beginning, span);
    for (const one of generations) if (find(one) >= 0) return true;
    add();
    return false;
  }

  /** What `high` and `low` stand for. */
  function remove(): void {
    for (const one of generations) {
      const slot = find(one);
      if (slot >= 0) one.words[slot * 2] = REMOVED;
    }
  }

  /** By client, those of which nobody knows yet whether they are kept, in the order in which they began. */
  const underWay = new Map<string, Map<number, Promise<boolean>>>();
  let begun = 0;

  function begin(client: string) {
    const of = underWay.get(client) ?? new Map<number, Promise<boolean>>();
    underWay.set(client, of);
    let tell!: (isKept: boolean) => void;
    const known = new Promise<boolean>((told) => (tell = told));
    const number = (begun += 1);
    of.set(number, known);
    return {
      // Only those before it: nobody waits for each other.
      earlier: [...of].filter(([other]) => other < number).map(([, one]) => one),
      end: (isKept: boolean): void => {
        of.delete(number);
        if (of.size === 0 && underWay.get(client) === of) underWay.delete(client);
        tell(isKept);
      },
    };
  }

  return {
    noting(client) {
      /** The hashes of those that were new. */
      const added: number[] = [];
      let resentCount = 0;
      const beginning = beginningOf(client);
      const { earlier, end } = begin(client);
      return {
        isResent(span) {
          const isKnown = noteOne(beginning, span);
          if (isKnown) resentCount += 1;
          else added.push(high, low);
          return isKnown;
        },
        get resentCount() {
          return resentCount;
        },
        async settled() {
          if (resentCount === 0 || (await Promise.all(earlier)).every(Boolean)) return;
          throw unavailable('What came with it at the same moment was refused. Send it again in a moment.');
        },
        kept: () => end(true),
        forget() {
          for (let n = 0; n < added.length; n += 2) {
            high = added[n]!;
            low = added[n + 1]!;
            remove();
          }
          end(false);
        },
      };
    },
  };
}

/** Every bit of the word decides about every bit of the answer. */
function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
