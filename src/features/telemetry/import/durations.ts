/** Durations that name their unit, value by value: "725ms", "1.20s". Once for a sample and, as SQL, for every row. */

const seconds: Record<string, number> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  msec: 1e-3,
  millis: 1e-3,
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  mins: 60,
};

const DURATION = /^\s*\d+(?:[.,]\d+)?\s*([a-zµ]+)\s*$/i;
const MOST = 0.9;

/** Whether a column holds such durations. */
export const areDurations = (values: readonly string[]) =>
  values.length > 0 &&
  values.filter((value) => (DURATION.exec(value)?.[1]?.toLowerCase() ?? '') in seconds).length >= MOST * values.length;

/** Seconds. The argument is an expression over Nullable(String); a comma before three digits separates thousands. */
export function durationOf(text: string): string {
  const digits = `replaceOne(replaceRegexpOne(extract(ifNull(${text}, ''), '[0-9.,]+'), ',([0-9]{3})$', '\\\\1'), ',', '.')`;
  const units = Object.keys(seconds).map((unit) => `'${unit}'`);
  const unit = `lowerUTF8(extract(ifNull(${text}, ''), '([a-zA-Zµ]+)\\\\s*$'))`;
  return `toFloat64OrNull(${digits}) * transform(${unit}, [${units.join(', ')}], [${Object.values(seconds).join(', ')}], NULL)`;
}
