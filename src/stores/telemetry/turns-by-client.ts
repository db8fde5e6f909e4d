import { tooMany } from '../../platform/problem.ts';

/**
 * Runs questions, so many of one client at once; its others wait in the order in which they came, and nobody else's do. One that
 * has waited too long is refused: what still waits behind hundreds is a question that nobody looks at any more.
 */
export function turnsByClient({ most, patienceMs }: { most: number; patienceMs: number }) {
  const clients = new Map<string, { running: number; waiting: Set<() => void> }>();

  const turn = (waiting: Set<() => void>) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(begin);
        reject(tooMany('This client has too many questions at once. Ask fewer of them side by side, and try again.', 5));
      }, patienceMs);
      waiting.add(begin);
    });

  return async <T>(client: string, work: () => Promise<T>): Promise<T> => {
    const mine = clients.get(client) ?? { running: 0, waiting: new Set() };
    clients.set(client, mine);
    if (mine.running < most) mine.running += 1;
    else await turn(mine.waiting);
    try {
      return await work();
    } finally {
      // Whoever is next takes the place over.
      const [next] = mine.waiting;
      if (next) {
        mine.waiting.delete(next);
        next();
      } else {
        mine.running -= 1;
        if (mine.running === 0) clients.delete(client);
      }
    }
  };
}
