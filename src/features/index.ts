import type { Feature } from '../platform/feature.ts';

/** The product, lowest first. A feature may import only features before it in this list. */
export const features: readonly Feature[] = [];
