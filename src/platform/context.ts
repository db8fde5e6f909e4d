import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** Who asks. `local` is the person at this machine's terminal; `job` is Steward itself. */
export type Actor = { kind: 'local' } | { kind: 'job'; name: string };

/** How far a long piece of work has come. `total` is missing when it is not known. */
export interface Progress {
  label: string;
  done: number;
  total?: number;
  unit: 'rows' | 'bytes' | 'steps';
}

/** Who is asking, when, with which settings. The first argument of every verb. */
export interface Context {
  readonly actor: Actor;
  readonly now: Clock;
  readonly config: Config;
  readonly log: Log;
  /** Tells whoever waits how far the work has come; silent where nobody watches. */
  readonly progress: (progress: Progress) => void;
}
