const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;
const NUMBER = /^\d{9,13}(\.\d+)?$/;
/** Epochs beyond this are in milliseconds: as seconds they would lie in the year 5138. */
const MOST_SECONDS = 1e11;

/** A time as ms since the epoch, or null: ISO 8601 (without a zone: UTC) or an epoch in seconds or milliseconds. */
export function readTime(text: string): number | null {
  if (NUMBER.test(text)) {
    const epoch = Number(text);
    return epoch < MOST_SECONDS ? epoch * 1000 : epoch;
  }
  const parts = DATE_AND_TIME.exec(text);
  if (!parts) return null;
  const [, date, time = '00:00', zone = 'Z'] = parts;
  const at = Date.parse(`${date}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  return Number.isNaN(at) ? null : at;
}
