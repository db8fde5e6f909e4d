import type { Actor } from '../../../platform/access.ts';
import { SECOND_MS, type Clock } from '../../../platform/clock.ts';

export interface Admitted {
  actor: Actor;
  /** A session that is used lives on, and the browser must hear of it. */
  setCookies: readonly string[];
}

/** For how long another process may let somebody in whose session or role ended here. */
const REMEMBERED_MS = 5 * SECOND_MS;
const MOST_REMEMBERED = 2000;

interface Entry {
  admitted: Promise<Admitted | undefined>;
  untilMs: number;
}

/** Whose cookies these are, asked for once in a few seconds: a page asks many things at once. Who was refused is not remembered. */
export function rememberPeople(now: Clock) {
  const known = new Map<string, Entry>();
  return {
    admit(cookie: string, find: () => Promise<{ admitted: Admitted; endsAt: Date } | undefined>): Promise<Admitted | undefined> {
      const atMs = now().getTime();
      const before = known.get(cookie);
      if (before && atMs < before.untilMs) return before.admitted;
      if (known.size >= MOST_REMEMBERED) known.clear();
      const forgetThis = () => {
        if (known.get(cookie) === entry) known.delete(cookie);
      };
      const entry: Entry = {
        untilMs: atMs + REMEMBERED_MS,
        admitted: find().then(
          (found) => {
            if (!found) forgetThis();
            else entry.untilMs = Math.min(entry.untilMs, found.endsAt.getTime());
            return found?.admitted;
          },
          (error: unknown) => {
            forgetThis();
            throw error;
          },
        ),
      };
      known.set(cookie, entry);
      return entry.admitted;
    },
    /** Somebody may have become something else: everybody is asked for anew, also who is just being asked for. */
    forget: () => known.clear(),
  };
}
