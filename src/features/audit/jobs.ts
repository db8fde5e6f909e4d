import { tmpdir } from 'node:os';
import { job } from '../../platform/job.ts';
import { removeStaleScratch } from '../../stores/telemetry/index.ts';

/** An audit that was killed leaves its scratch store behind; the next start clears it away. */
export const sweepScratch = job({
  name: 'audit.sweepScratch',
  every: 'start',
  run: async () => {
    removeStaleScratch(tmpdir());
  },
});
