/**
 * What a number or a time of a client may be. Beyond, it is no measurement, and one of them would do harm to all that it is added
 * up with: two costs of 1e308 have no sum.
 */

/** Of a score, to both sides. */
export const MOST_SCORE = 1e15;
/** Of one call. */
export const MOST_USD = 1e9;

/** Sums by hour and day know the seconds of 32 bits. */
export const EARLIEST_MS = Date.UTC(2000, 0);
export const LATEST_MS = Date.UTC(2106, 0);

/** Outside, the clock of the client is broken: the day it names must not become a partition or a chart's axis. */
export const isPlausibleTime = (ms: number): boolean => ms >= EARLIEST_MS && ms < LATEST_MS;

export const isPlausibleScore = (value: number): boolean => Math.abs(value) <= MOST_SCORE;

/** Older releases kept others. */
export const plausibleUsd = (usd: number | null): number | null => (usd !== null && usd <= MOST_USD ? usd : null);

export const TIME_REFUSED = 'A time lies from 2000 to 2105. Look at the clock that it was read from.';
export const SCORE_REFUSED = 'A number of a score lies from -1e15 to 1e15. Send what is larger as a text.';
