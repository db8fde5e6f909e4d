/** How a piece of work waits for its turn. */
export interface Wait {
  /** Gives up after so long. */
  limitMs: number;
  /** Whether anybody still wants it when its turn comes. */
  isWanted: () => boolean;
}

/** The turn did not come, or came too late. */
export class NoTurn extends Error {}

/** Lets at most `size` pieces of work run at once; the others wait in the order they came. */
export function slots(size: number) {
  let free = size;
  const waiting: (() => void)[] = [];

  const turn = (limitMs: number) =>
    new Promise<void>((resolve, reject) => {
      const take = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(new NoTurn('Too many queries are running.'));
      }, limitMs);
      waiting.push(take);
    });

  return async <T>({ limitMs, isWanted }: Wait, work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await turn(limitMs);
    try {
      if (!isWanted()) throw new NoTurn('Nobody waits for the answer.');
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
