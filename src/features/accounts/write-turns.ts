import { tooMany } from '../../platform/problem.ts';

/** Each write holds one of the twenty connections to PostgreSQL until it is done: most of them stay free for others. */
const MOST_OF_CLIENT = 4;
const MOST_LASTING_OF_CLIENT = 2;
const MOST_LASTING = 8;
const MOST_WAITING = 200;
const WAITED_MS = 60_000;
const RETRY_AFTER_S = 10;

/** So many at once; the others wait for their turn, the first first, and hold nothing meanwhile. */
function turnsOf(most: number, waitedMs: number) {
  const waiting = new Set<() => void>();
  let running = 0;

  function begin(): Promise<void> | undefined {
    if (running < most) {
      running += 1;
      return undefined;
    }
    if (waiting.size === MOST_WAITING) throw tooMany('Too many changes wait for their turn. Send fewer at once.', RETRY_AFTER_S);
    return new Promise((resolve, reject) => {
      const begun = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(begun);
        reject(
          tooMany(
            'Other changes have been under way for a minute, such as prices.recost or erasure.request. Ask again when one of them is done.',
            RETRY_AFTER_S,
          ),
        );
      }, waitedMs);
      waiting.add(begun);
    });
  }

  function end(): void {
    const [next] = waiting;
    if (!next) running -= 1;
    // It takes over the place.
    else if (waiting.delete(next)) next();
  }

  return {
    isIdle: () => running === 0 && waiting.size === 0,
    async take<T>(work: () => Promise<T>): Promise<T> {
      await begin();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}

type Turns = ReturnType<typeof turnsOf>;

/** Lets a client's writes begin a few at a time, and fewer of those that last. Throws `too_many` for one that waited for a minute. */
export function writeTurns(waitedMs = WAITED_MS) {
  const clients = new Map<string, { all: Turns; lasting: Turns }>();
  const lasting = turnsOf(MOST_LASTING, waitedMs);

  return async function inTurn<T>(client: string, lasts: boolean, write: () => Promise<T>): Promise<T> {
    const own = clients.get(client) ?? {
      all: turnsOf(MOST_OF_CLIENT, waitedMs),
      lasting: turnsOf(MOST_LASTING_OF_CLIENT, waitedMs),
    };
    clients.set(client, own);
    try {
      const begun = () => own.all.take(write);
      return await (lasts ? own.lasting.take(() => lasting.take(begun)) : begun());
    } finally {
      if (own.all.isIdle() && own.lasting.isIdle()) clients.delete(client);
    }
  };
}
