import { AsyncLocalStorage } from 'node:async_hooks';
import { Problem } from '../../../platform/problem.ts';
import type { Records } from '../../../stores/index.ts';

type Behind = Pick<Records, 'behind'>;

/** The record store as the sign-in library is given it. It tells of a store that is away as of a failure of its own. */
export function openOutages(store: Behind) {
  const during = new AsyncLocalStorage<{ problem?: Problem }>();
  const records: Behind = {
    behind: (wall, work) =>
      store.behind(wall, work).catch((error: unknown) => {
        const told = during.getStore();
        if (told && error instanceof Problem && error.retryable) told.problem = error;
        throw error;
      }),
  };
  return {
    records,
    /** Does what the library does. Throws what the store said, whatever the library made of it. */
    watch<T>(work: () => Promise<T>): Promise<T> {
      const told: { problem?: Problem } = {};
      return during.run(told, async () => {
        const answer = await work().catch((error: unknown) => Promise.reject(told.problem ?? error));
        if (told.problem) throw told.problem;
        return answer;
      });
    },
  };
}
