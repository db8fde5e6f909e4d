/** Work, some of it at once, and questions in between. */
export interface Turns {
  readonly work: <T>(work: () => Promise<T>) => Promise<T>;
  /** Asks while no work is done, together with all others who wait to ask: however many they are, work waits for them once. */
  readonly together: <T>(ask: () => Promise<T>) => Promise<T>;
}

interface Turn {
  readonly isWork: boolean;
  readonly run: () => Promise<unknown>;
}

/** Turns come in the order in which they were asked for. */
export function openTurns(worksAtOnce = 1): Turns {
  const queue: Turn[] = [];
  let working = 0;
  let isAsking = false;
  let gathered: (() => Promise<unknown>)[] | undefined;

  function go(): void {
    for (let [first] = queue; first && mayStart(first); [first] = queue) {
      queue.shift();
      void start(first);
    }
  }

  const mayStart = ({ isWork }: Turn) => !isAsking && (isWork ? working < worksAtOnce : working === 0);

  async function start({ isWork, run }: Turn): Promise<void> {
    if (isWork) working += 1;
    else isAsking = true;
    await run();
    if (isWork) working -= 1;
    else isAsking = false;
    go();
  }

  const wait = (turn: Turn) => {
    queue.push(turn);
    go();
  };

  return {
    work: (work) => new Promise((done, failed) => wait({ isWork: true, run: answering(work, done, failed) })),
    together: (ask) =>
      new Promise((answer, failed) => {
        const run = answering(ask, answer, failed);
        if (gathered) return void gathered.push(run);
        const asks = [run];
        gathered = asks;
        wait({
          isWork: false,
          run() {
            gathered = undefined;
            return Promise.all(asks.map((one) => one()));
          },
        });
      }),
  };
}

/** Never fails itself: who asked for the turn hears of it. */
const answering =
  <T>(work: () => Promise<T>, done: (result: T) => void, failed: (reason: unknown) => void) =>
  async () => {
    try {
      done(await work());
    } catch (error) {
      failed(error);
    }
  };
