const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;
const NUMBER = /^\d{9,13}(\.\d+)?$/;
/** Epochs beyond this are in milliseconds: as seconds they would lie in the year 5138. */
const MOST_SECONDS = 1e11;

const SHORT_DATE = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Whether the day stands before the month: with dots, and where a first number is above twelve. */
export function dayFirstIn(texts: readonly string[]): boolean {
  const dates = texts.map((text) => SHORT_DATE.exec(text)).filter((match) => match !== null);
  return dates.some(([, first, mark]) => mark === '.' || Number(first) > 12);
}

/** A time as ms since the epoch, or null: ISO 8601 (without a zone: UTC), 31.12.2026, 12/31/2026, or an epoch in seconds or milliseconds. */
export function readTime(text: string, dayFirst = dayFirstIn([text])): number | null {
  if (NUMBER.test(text)) {
    const epoch = Number(text);
    return epoch < MOST_SECONDS ? epoch * 1000 : epoch;
  }
  const parts = DATE_AND_TIME.exec(text);
  if (!parts) return readShortDate(text, dayFirst);
  const [, date, time = '00:00', zone = 'Z'] = parts;
  const at = Date.parse(`${date}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  return Number.isNaN(at) ? null : at;
}

function readShortDate(text: string, dayFirst: boolean): number | null {
  const parts = SHORT_DATE.exec(text);
  if (!parts) return null;
  const [year, hours, minutes, seconds] = [parts[4], parts[5] ?? 0, parts[6] ?? 0, parts[7] ?? 0].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const [day, month] = (dayFirst ? [parts[1], parts[3]] : [parts[3], parts[1]]).map(Number) as [number, number];
  const at = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  // The 31st of February is no date.
  return month >= 1 && month <= 12 && new Date(at).getUTCDate() === day && hours < 24 && minutes < 60 ? at : null;
}
