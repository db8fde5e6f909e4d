import type { Feature } from '../../platform/feature.ts';
import { sweepScratch } from './jobs.ts';
import { runAudit, runSample } from './operations.ts';

/** Audit: from an export of logs to what degraded, when, by how much, why, and what to do next. */
export const audit = {
  name: 'audit',
  operations: [runAudit, runSample],
  jobs: [sweepScratch],
} as const satisfies Feature;
