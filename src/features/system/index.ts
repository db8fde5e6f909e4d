import type { Feature } from '../../platform/feature.ts';
import { checkSystem } from './operations.ts';

/** Steward itself: whether its stores work, and what they cost. */
export const system = {
  name: 'system',
  operations: [checkSystem],
} as const satisfies Feature;
