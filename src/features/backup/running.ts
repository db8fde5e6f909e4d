import type { Context } from '../../platform/context.ts';
import { conflict, Problem } from '../../platform/problem.ts';
import type { Practice } from '../../platform/practice.ts';
import { secretFileOf } from '../accounts/index.ts';
import type { Summary } from './model.ts';
import { writeBackup } from './write.ts';

/** A backup under way. It outlives the request that began it. */
export interface Running {
  readonly startedAt: Date;
  readonly withoutSecret: boolean;
  rowsDone: number;
  rowsTotal: number | null;
}

interface State {
  running: Running | undefined;
  made: Summary | undefined;
  failed: { at: Date; message: string } | undefined;
}

// A process serves one practice; tests serve several.
const states = new WeakMap<Practice, State>();

/** What is known of the backups of a practice since this process began; `made` and `failed` are the last one's end. The same object each time. */
export function stateOf(practice: Practice): State {
  const state = states.get(practice) ?? { running: undefined, made: undefined, failed: undefined };
  states.set(practice, state);
  return state;
}

/** The backup that is under way. Throws `conflict` when it holds what the one that is asked for must not. */
export function underWay({ practice }: Pick<Context, 'practice'>, { withoutSecret }: { withoutSecret: boolean }) {
  const { running } = stateOf(practice!);
  if (running && withoutSecret && !running.withoutSecret)
    throw conflict('A backup that holds the secret is under way. Try again when it has ended.');
  return running;
}

/** Begins a backup, unless one is under way, and does not wait for it. Throws as `underWay` does. */
export function beginBackup(ctx: Context, how: { withoutSecret: boolean }, startedAt = ctx.now()): void {
  if (underWay(ctx, how)) return;
  const { practice, config, log, now } = ctx;
  const { withoutSecret } = how;
  const state = stateOf(practice!);
  const running: Running = { startedAt, withoutSecret, rowsDone: 0, rowsTotal: null };
  state.running = running;
  state.made = state.failed = undefined;
  const report = (done: number, total: number) => Object.assign(running, { rowsDone: done, rowsTotal: total });
  const secretFile = withoutSecret ? undefined : secretFileOf(config.dataDir, config.secret);
  void practice!
    .cut((cut) => writeBackup(cut, { into: config.backupDir, secretFile, report }))
    .then(
      (made) => {
        state.made = made;
        log.info({ backup: made.name, bytes: made.bytes, tookMs: made.tookMs, heldMs: made.heldMs }, 'a backup was made');
      },
      (error: unknown) => {
        log.error({ err: error }, 'a backup failed');
        const message =
          error instanceof Problem ? error.message : 'Something went wrong inside Steward. The log has the details.';
        state.failed = { at: now(), message };
      },
    )
    .finally(() => (state.running = undefined));
}
