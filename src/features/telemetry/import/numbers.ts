/** How numbers are written in logs. One reading for whoever looks at a sample and, as SQL, for every row. */

/** What a comma in the numbers of a column is. */
export type Comma = 'thousands' | 'decimal';

/** No time, price or count of tokens is as large; its square would be beyond what a sum holds. */
export const BEYOND_MEASURE = 1e15;

/** Money, blanks and apostrophes around and between digits say nothing about how much it is. */
const ORNAMENTS = "(?i)[\\s\\x{00A0}\\x{202F}'’$€£¥]|usd|eur|gbp";
const ornaments = /[\s'’$€£¥]|usd|eur|gbp/gi;

/** Dots that separate thousands, where a comma is the decimal mark: 1.234, 12.345.678. */
const DOTTED = '^[-+]?[0-9]{1,3}([.][0-9]{3})+$';
const GROUPED = /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;

/** The number in a text; nothing where there is none. A percentage is a share of 1. */
export function readNumber(text: string, comma: Comma = 'thousands'): number | null {
  const bare = text.replaceAll(ornaments, '');
  const share = bare.endsWith('%');
  const digits = share ? bare.slice(0, -1) : bare;
  const plain = comma === 'thousands' ? digits.replaceAll(',', '') : dotted(digits);
  const value = plain === '' ? NaN : Number(plain);
  return Number.isFinite(value) ? value / (share ? 100 : 1) : null;
}

const dotted = (digits: string) =>
  (digits.includes(',') || new RegExp(DOTTED).test(digits) ? digits.replaceAll('.', '') : digits).replaceAll(',', '.');

/** What the commas in a column of numbers are: decimal marks where one stands where no thousands could. Pure. */
export function commaOf(values: readonly string[]): Comma {
  const marked = values.map((value) => value.replaceAll(ornaments, '').replace(/%$/, '')).filter((value) => value.includes(','));
  const decimal = marked.filter((value) => !GROUPED.test(value) && readNumber(value, 'decimal') !== null);
  return decimal.length > marked.length / 20 ? 'decimal' : 'thousands';
}

/** SQL for `readNumber` over Nullable(String). Ornaments are looked for only where the text is no plain number: that costs. */
export function numberOf(text: string, comma: Comma = 'thousands'): string {
  const bare = `replaceRegexpAll(ifNull(${text}, ''), '${ORNAMENTS.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', '')`;
  const digits = `trimRight(${bare}, '%')`;
  const undotted = `replaceAll(if(position(${digits}, ',') > 0 or match(${digits}, '${DOTTED}'), replaceAll(${digits}, '.', ''), ${digits}), ',', '.')`;
  const number = `toFloat64OrNull(${comma === 'decimal' ? undotted : `replaceAll(${digits}, ',', '')`})`;
  const ornate = `${number} / if(endsWith(${bare}, '%'), 100, 1)`;
  const plain = `toFloat64OrNull(${text})`;
  const isPlain = comma === 'decimal' ? `isNotNull(${plain}) and not match(${text}, '${DOTTED}')` : `isNotNull(${plain})`;
  const read = `if(${isPlain} or ifNull(${text}, '') = '', ${plain}, ${ornate})`;
  return `if(isFinite(${read}), ${read}, NULL)`;
}
