/** Work of which one is done at a time, and questions in between. */
export interface Turns {
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Asks while no work is done, together with all others who wait to ask: however many they are, work waits for them once. */
  readonly together: <T>(ask: () => Promise<T>) => Promise<T>;
}

export function openTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let gathered: (() => Promise<void>)[] | undefined;

  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    alone,
    together: (ask) =>
      new Promise((answer, failed) => {
        const run = async () => {
          try {
            answer(await ask());
          } catch (error) {
            failed(error);
          }
        };
        if (gathered) return void gathered.push(run);
        const asks = [run];
        gathered = asks;
        void alone(async () => {
          gathered = undefined;
          await Promise.all(asks.map((one) => one()));
        });
      }),
  };
}
