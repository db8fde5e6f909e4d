/** Reads the time. Passed by hand, so that tests and replays choose it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** A clock that stands still, for tests and for audits of the past. */
export const fixedClock = (iso: string): Clock => {
  const at = new Date(iso);
  return () => new Date(at);
};

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
