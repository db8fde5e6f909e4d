import type { Feature } from '../../platform/feature.ts';
import { detectAnomalies, detectChanges } from './operations.ts';

/** Change points and anomaly scores of any series in a file. */
export const detect = {
  name: 'detect',
  operations: [detectChanges, detectAnomalies],
} as const satisfies Feature;

export { detectAnomalies, detectChanges };
