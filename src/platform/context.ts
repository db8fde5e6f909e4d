import type { Actor } from './access.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { closedHandles, type Client, type Handles, type Practice } from './practice.ts';

export type { Actor } from './access.ts';

/** How far a long piece of work has come. `total` is missing when it is not known. */
export interface Progress {
  label: string;
  done: number;
  total?: number;
  unit: 'rows' | 'bytes' | 'steps';
}

/** Who is asking, for which client, when, on which stores, with which settings. The first argument of every verb. */
export interface Context extends Handles {
  readonly actor: Actor;
  /** The wall: `records` and `telemetry` show this client and no other. Nothing in verbs of the practice or the terminal. */
  readonly client: Client | null;
  /** Where `perform` takes the handles from; nothing at the terminal, where no store is open. */
  readonly practice: Practice | null;
  readonly now: Clock;
  readonly config: Config;
  readonly log: Log;
  /** Tells whoever waits how far the work has come; silent where nobody watches. */
  readonly progress: (progress: Progress) => void;
  /** Of a write: what begins only once its entry is in the audit trail, as it cannot be taken back. What it throws is answered. */
  readonly afterwards: (work: () => void | Promise<void>) => void;
}

/** The context of the person at this machine's terminal. No store is open in it. */
export const localContext = (parts: Pick<Context, 'now' | 'config' | 'log'>): Context => ({
  ...parts,
  ...closedHandles,
  actor: { kind: 'local' },
  client: null,
  practice: null,
  progress: () => undefined,
  afterwards: () => {
    throw new Error('Only a verb that writes has an afterwards.');
  },
});

/** The context of a request: who asks, of which practice. `perform` puts it behind a wall. */
export const requestContext = (parts: Pick<Context, 'now' | 'config' | 'log' | 'actor'> & { practice: Practice }): Context => ({
  ...localContext(parts),
  ...parts,
});
