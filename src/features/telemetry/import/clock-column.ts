import { filled, type Column } from './columns.ts';
import { placeByWords, wordsOf } from './name-words.ts';

/** Date and time of day in two columns. Pure. */

/** A day, or midnight of it, as spreadsheets write days. */
const DAY_ALONE = /^[^:]*\d(?:[ T]0?0:00(?::00(?:\.0+)?)?)?$/;
const CLOCK = /^\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?\s*$/i;
const NAMES = new Set('time clock uhrzeit zeit hour hora heure ora tijd tijdstip orario 时间 時刻'.split(' '));
const MOST = 0.9;

/** The column with the time of day, where the times of a log are days. */
export function clockBeside(days: Column, columns: readonly Column[]): Column | undefined {
  const values = filled(days);
  if (values.length === 0 || !values.every((value) => DAY_ALONE.test(value) && value.trim().length >= 6)) return undefined;
  return columns
    .filter((column) => {
      const clocks = filled(column);
      return (
        column !== days &&
        column.path.length === days.path.length &&
        clocks.length > 0 &&
        wordsOf(column.name).some((word) => NAMES.has(word)) &&
        placeByWords('latency', column.name) < 0 &&
        clocks.filter((value) => CLOCK.test(value)).length >= MOST * clocks.length
      );
    })
    .sort((a, b) => wordsOf(a.name).length - wordsOf(b.name).length)[0];
}

/** Both as one text, over expressions of Nullable(String). */
export const withClock = (day: string, clock: string) =>
  `concat(replaceRegexpOne(ifNull(${day}, ''), '[ T]0?0:00(:00([.]0+)?)?$', ''), if(ifNull(${day}, '') = '', '', ' '), ifNull(${clock}, ''))`;
