import type { ProcessState } from './practice.ts';

/** How the way into the telemetry store is. */
export interface IntakeHealth {
  readonly spool: {
    readonly bytes: number;
    readonly mostBytes: number;
    /** When the oldest that waits was begun. */
    readonly oldestAt: Date | null;
  };
  /** Files with telemetry that was acknowledged and is not shown. */
  readonly setAside: { readonly refused: number; readonly damaged: number };
  readonly disk: {
    readonly freeBytes: number;
    /** With less than that, nothing more is taken. */
    readonly neededBytes: number;
  };
}

const LATE_MS = 60_000;
const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;

/** Whether telemetry is refused because the disk is nearly full. */
export const isDiskLow = ({ disk }: IntakeHealth) => disk.freeBytes < disk.neededBytes;

/** Of several processes on the same stores, those that somebody should start again. */
export const warningsOfProcesses = (processes: readonly ProcessState[]): string[] =>
  processes
    .filter(({ isLiving, isThis, endedAt, spoolBytes }) => !isLiving && !isThis && (endedAt === null || spoolBytes > 0))
    .map(
      ({ id, role, host, seenAt, spoolBytes }) =>
        `The process ${id} (${role}, on ${host}) was last seen at ${seenAt.toISOString()}; ${megabytes(spoolBytes)} of telemetry wait in its spool. Start it again on its data directory, or see docs/scale.md when that is lost.`,
    );

/** What whoever keeps Steward running should know, each with what to do. */
export function warningsOf(health: IntakeHealth, now: Date): string[] {
  const { spool, setAside, disk } = health;
  const lateMs = spool.oldestAt ? now.getTime() - spool.oldestAt.getTime() : 0;
  return [
    ...(isDiskLow(health)
      ? [
          `The disk of the data directory has ${megabytes(disk.freeBytes)} left; below ${megabytes(disk.neededBytes)} no telemetry is taken. Make room, or set STEWARD_LEAST_FREE_BYTES.`,
        ]
      : []),
    ...(lateMs > LATE_MS
      ? [`Telemetry has been waiting for its store for ${Math.round(lateMs / 1000)} s. The log says what the store answers.`]
      : []),
    ...(setAside.refused > 0
      ? [`${setAside.refused} files with telemetry that the store refused lie in the spool, named .refused. Report them.`]
      : []),
    ...(setAside.damaged > 0
      ? [`${setAside.damaged} files with telemetry that the disk damaged lie in the spool, named .damaged. Check the disk.`]
      : []),
  ];
}
