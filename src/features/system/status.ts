import { z } from 'zod';
import { warningsOf, warningsOfProcesses } from '../../platform/health.ts';
import { operation } from '../../platform/operation.ts';

const bytes = z.number();

export const showStatus = operation({
  name: 'system.status',
  summary: 'Say how the way into the telemetry store is: what waits, what was set aside, how full the disk is, and what to do.',
  access: { of: 'practice', does: 'read', roles: ['owner', 'operator'] },
  input: z.object({}),
  output: z.object({
    warnings: z.array(z.string()).describe('What needs somebody now. Empty: nothing.'),
    spool: z.object({ bytes, mostBytes: bytes, oldestAt: z.date().nullable() }),
    setAside: z
      .object({ refused: z.number(), damaged: z.number() })
      .describe('Files with telemetry that was acknowledged and is not shown.'),
    disk: z.object({ freeBytes: bytes, neededBytes: bytes.describe('With less free, no telemetry is taken.') }),
    processes: z
      .array(
        z.object({
          id: z.uuid(),
          role: z.string(),
          host: z.string(),
          seenAt: z.date(),
          endedAt: z.date().nullable().describe('When it ended as it was told to.'),
          isLiving: z.boolean(),
          isThis: z.boolean(),
          spoolBytes: bytes.describe('Waiting in its spool, as it said last.'),
        }),
      )
      .describe('All processes on the same stores.'),
  }),
  async run({ practice, now }) {
    const health = practice!.health();
    const processes = await practice!.processes();
    return { warnings: [...warningsOf(health, now()), ...warningsOfProcesses(processes)], ...health, processes };
  },
});
