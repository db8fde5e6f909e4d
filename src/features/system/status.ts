import { z } from 'zod';
import { warningsOf } from '../../platform/health.ts';
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
  }),
  run({ practice, now }) {
    const health = practice!.health();
    return Promise.resolve({ warnings: warningsOf(health, now()), ...health });
  },
});
