import type { Feature } from '../../platform/feature.ts';
import { backUp, checkBackup, createBackup, restore, showBackups } from './operations.ts';

/** Both stores in one directory, as they were at one moment, and back. */
export const backup = {
  name: 'backup',
  operations: [backUp, restore, checkBackup, createBackup, showBackups],
} as const satisfies Feature;
