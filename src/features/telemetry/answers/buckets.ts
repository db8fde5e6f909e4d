import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../platform/clock.ts';

/** The lengths of time that a chart is made of. */
export const BucketName = z.enum(['minute', 'hour', 'day']);
export type BucketName = z.infer<typeof BucketName>;

export const widthOf = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } satisfies Record<BucketName, number>;

/** SQL functions that take a time down to the start of its bucket. */
export const startOf = { minute: 'toStartOfMinute', hour: 'toStartOfHour', day: 'toStartOfDay' } satisfies Record<
  BucketName,
  string
>;
