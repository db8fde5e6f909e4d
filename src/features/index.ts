import type { Feature } from '../platform/feature.ts';
import { accounts } from './accounts/index.ts';
import { audit } from './audit/index.ts';
import { backup } from './backup/index.ts';
import { detect } from './detect/index.ts';
import { system } from './system/index.ts';
import { telemetry } from './telemetry/index.ts';

const all = [system, accounts, telemetry, backup, detect, audit] as const satisfies readonly Feature[];

/** The product, lowest first. A feature may import only features before it in this list. */
export const features: readonly Feature[] = all;

/** Every declaration by its type, for callers that the compiler checks against them: the browser. */
export type Declared = (typeof all)[number]['operations'][number];
