import type { Feature } from '../../platform/feature.ts';
import { checkSystem } from './operations.ts';
import { showStatus } from './status.ts';

/** Steward itself: whether its stores work, and what they cost. */
export const system = {
  name: 'system',
  operations: [checkSystem, showStatus],
} as const satisfies Feature;
