import { isChat } from './chat.ts';
import { dateOrderOf, SLASHED } from './date-order.ts';
import type { Content } from './fields.ts';
import { commaOf, readNumber } from './numbers.ts';
import { mustBeRewritten, rewritten } from './written-times.ts';

/** What the values of a column look like. Pure; `values` is never empty and holds no blanks. */

const share = (values: readonly string[], fits: (value: string) => boolean) => values.filter(fits).length / values.length;

/** Nine of ten: a few broken rows must not hide a column. */
const MOST = 0.9;

export const looksLike: Record<Content, (values: readonly string[]) => boolean> = {
  time: (values) => timeFormat(values) !== null,
  number: (values) => share(values, reads(values)) >= MOST,
  verdict: (values) => {
    const isNumeric = reads(values);
    return share(values, (value) => isNumeric(value) || Object.hasOwn(verdicts, word(value))) >= MOST;
  },
  failure: () => true,
  text: () => true,
  label: (values) => share(values, (value) => value.length <= 200) >= MOST,
};

const word = (value: string) => value.trim().toLowerCase();

function reads(values: readonly string[]): (value: string) => boolean {
  const comma = commaOf(values);
  return (value) => readNumber(value, comma) !== null;
}

/** A bare number, as a time may be one. */
export const isNumber = (value: string) => value.trim() !== '' && Number.isFinite(Number(value));

const words = (text: string) => text.trim().split(/\s+/);

const otherWords = (text: string, verdict: 0 | 1) => Object.fromEntries(words(text).map((one) => [one, verdict]));

/** Words that people write for right and wrong. */
export const verdicts: Record<string, 0 | 1> = {
  ...otherWords(
    `ja oui si sí sì sim richtig korrekt wahr gut bestanden vrai juste réussi verdadero correcto aprobado vero corretto verdadeiro correto
    aprovado juist goed geslaagd 对 是 正确 正解 合格 はい`,
    1,
  ),
  ...otherWords(
    `nein non não nao nee falsch schlecht durchgefallen faux échoué falso incorrecto errato sbagliato incorreto errado onjuist slecht fout
    错 否 错误 不正确 不正解 不合格 いいえ`,
    0,
  ),
  true: 1,
  yes: 1,
  pass: 1,
  passed: 1,
  correct: 1,
  right: 1,
  good: 1,
  positive: 1,
  up: 1,
  accepted: 1,
  success: 1,
  '👍': 1,
  false: 0,
  no: 0,
  fail: 0,
  failed: 0,
  incorrect: 0,
  wrong: 0,
  bad: 0,
  negative: 0,
  down: 0,
  rejected: 0,
  '👎': 0,
};

/** Words that stand for "nothing here", in lower case. */
export const missing: readonly string[] = ['', 'null', 'none', 'nan', 'n/a', 'na', 'nil', 'undefined', '\\n', '-'];

export const isMissing = (value: string) => missing.includes(word(value));

/** Words of statuses and levels that say nothing failed, and that something did. */
export const noFailures: readonly string[] = missing.concat(
  words(`0 false no {} [] ok success succeeded successful complete completed done finished finish default trace debug info information
    kein keine aucun aucune ninguno ninguna nessuno nessuna nenhum nenhuma geen nein non nee nao não erfolgreich 无 没有 成功 なし 正常
    log notice warn warning unset status_code_unset status_code_ok stop pending queued running in_progress started active`),
);
const failures: readonly string[] = words(`error errored err fatal critical crit severe alert emergency panic fail failed failure
  exception timeout timed_out timedout cancelled canceled aborted crashed rejected denied throttled rate_limit rate_limited
  unavailable overloaded internal_error server_error status_code_error true yes`);

/** A column of HTTP statuses, where one holds numbers. */
export const isCodeColumn = (name: string) => /status|code/i.test(name);

/** Difficulty is a level too, and an open ticket has a status: such a column tells of failures only in known words, or in HTTP codes. */
export function tellsFailure(name: string, values: readonly string[]): boolean {
  if (!/(level|status|code)$/i.test(name)) return true;
  const isCode = (value: string) => isCodeColumn(name) && /^[1-5]\d\d$/.test(value.trim());
  return share(values, (value) => isCode(value) || noFailures.includes(word(value)) || failures.includes(word(value))) >= MOST;
}

/**
 * How the engine must read a time. It tells most formats apart by itself; `mdy`/`dmy`: which of two slashed numbers is the month;
 * `written`: only once it is rewritten; `serial`: days as spreadsheets count them.
 */
export type TimeFormat = 'auto' | 'mdy' | 'dmy' | 'epoch' | 'written' | 'serial';

/** 2001 to 2100, in seconds: outside, a number is no time of an AI call. */
const EARLIEST_S = 978_307_200;
const LATEST_S = 4_102_444_800;

/** The unit of a time that is a number, or nothing. */
export function epochUnit(value: string): 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds' | null {
  if (!isNumber(value)) return null;
  const units = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;
  const at = units.findIndex((_, i) => Number(value) / 1e3 ** i >= EARLIEST_S && Number(value) / 1e3 ** i <= LATEST_S);
  return units[at] ?? null;
}

/** The format of a column of times, or nothing when it holds none. Formats may be mixed; slashed dates decide, where there are any. */
export function timeFormat(values: readonly string[]): TimeFormat | null {
  if (share(values, isTime) < MOST) return null;
  if (values.some((value) => SLASHED.test(value))) return dateOrderOf([values]).order;
  if (values.some((value) => epochUnit(value) === null && mustBeRewritten(value))) return 'written';
  return share(values, (value) => epochUnit(value) !== null) > 0.5 ? 'epoch' : 'auto';
}

const isTime = (value: string) => epochUnit(value) !== null || SLASHED.test(value) || isDate(value) || rewritten(value) !== null;

const isDate = (value: string) =>
  /\d{4}/.test(value) &&
  /^\s*(\d{4}|\d{1,2}[\s.-]|[a-z]{3,9}\b)/i.test(value) &&
  !isNumber(value) &&
  !Number.isNaN(Date.parse(tidy(value)));

/** Python's comma before the milliseconds, Java's [zone] after the offset, Go's UTC after its offset. */
const tidy = (value: string) =>
  value
    .trim()
    .replace(/,(?=\d)/, '.')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/([+-]\d{4}) [A-Z]{3,4}$/, '$1');

/** Text without a zone is read as UTC. `date` prints the year behind it. */
export const hasZone = (value: string) => /(\d ?z|utc|gmt|[+-]\d{2}:?\d{2})( \d{4})?\s*$/i.test(rewritten(value) ?? value);

/** Chat messages as JSON, in any of the forms in which they come. */
export const looksLikeChat = (values: readonly string[]) => share(values, isChat) >= 0.5;
