/**
 * Memory for bytes that are soon done with, used again. Each new piece of it counts towards V8's next collection, which comes
 * with every 64 MB: at the rate of a busy intake that was one in 150 ms, and a third of the server's processor time.
 */
export interface Spare {
  /** So many bytes, holding whatever they held. Whoever takes them gives them back when nobody reads them any more. */
  take: (bytes: number) => Buffer;
  giveBack: (taken: Buffer) => void;
  /** The first so many of them; given back in their place. */
  first: (taken: Buffer, bytes: number) => Buffer;
}

/** Keeps so many pieces at most, none larger than that. */
export function openSpare({ most, largestBytes }: { most: number; largestBytes: number }): Spare {
  const kept: Buffer[] = [];
  const wholes = new WeakMap<Buffer, Buffer>();
  return {
    take(bytes) {
      const at = kept.findIndex(({ length }) => length >= bytes);
      const whole = at < 0 ? Buffer.allocUnsafeSlow(roomy(bytes)) : kept.splice(at, 1)[0]!;
      const taken = whole.subarray(0, bytes);
      wholes.set(taken, whole);
      return taken;
    },
    giveBack(taken) {
      const whole = wholes.get(taken);
      wholes.delete(taken);
      if (!whole || whole.length > largestBytes) return;
      kept.push(whole);
      // The largest fit most.
      kept.sort((a, b) => a.length - b.length);
      if (kept.length > most) kept.shift();
    },
    first(taken, bytes) {
      const first = taken.subarray(0, bytes);
      const whole = wholes.get(taken);
      wholes.delete(taken);
      if (whole) wholes.set(first, whole);
      return first;
    },
  };
}

/** Some more than was asked for, so that it fits the next. */
const roomy = (bytes: number) => Math.ceil((bytes * 1.25) / 65_536) * 65_536;
