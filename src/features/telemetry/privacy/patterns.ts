import { emails } from './email.ts';
import { ibanLength } from './iban.ts';
import type { Pattern } from './model.ts';
import { webTokens } from './web-token.ts';

/** Prefixes that services give their keys. */
const keys = [
  String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?`,
  String.raw`\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}`,
  String.raw`\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b`,
  String.raw`\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})`,
  String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
  String.raw`\bAIza[0-9A-Za-z_-]{35}`,
  String.raw`\b(?:stw[cp]|hf|npm|dop_v1|shpat|SG|gsk|r8)[_.][A-Za-z0-9_.-]{20,}`,
  String.raw`\bpypi-[A-Za-z0-9_-]{20,}`,
].join('|');

/** The last part is the value: the name before it may be kept, and JSON stays JSON. */
const named =
  /\b(?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|secret|passw(?:or)?d|bearer)\b["']?\s{0,3}[:= ]\s{0,3}["']?([A-Za-z0-9_.~+/=-]{12,})/gi;

/** From one digit of a telephone number to the next. There is one way only to read it, so there is nothing to go back to. */
const on = String.raw`(?:\)[ ./-]{0,2}|[ ./-]{0,2}\(?)\d`;
/** With a dot in it, what begins with a zero may be a number or an address of a machine. */
const onFromZero = String.raw`(?:\)[ /-]{0,2}|[ /-]{0,2}\(?)\d`;
const another = String.raw`(?=\)?[ /-]{1,2}\(?0\d(?:${onFromZero}){7})`;

/**
 * Numbers are everywhere; a telephone number says by its form that it is one: by a plus, by a zero before it, or as North America
 * writes them. It has 15 digits at most, fewer where another one begins behind it.
 */
const phone = new RegExp(
  [
    String.raw`(?<![\w.+-])(?:`,
    String.raw`\+\(?\d(?:(?:${on}){7,14}?${another}|(?:${on}){7,14}(?![\w-]))`,
    // No date.
    String.raw`|(?!\d\d[-/]\d{1,2}[-/]\d{4}(?!\d))`,
    String.raw`\(?0\d(?:(?:${onFromZero}){7,13}?${another}|(?:${onFromZero}){7,13}(?![\w-]|\.\d))`,
    String.raw`|(?:1[ .-])?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])`,
    ')',
  ].join(''),
  'g',
);

export const builtIn = {
  webToken: webTokens,
  key: wherever(new RegExp(keys, 'g')),
  namedSecret: function* namedSecrets(text) {
    // A word that follows "secret" is no secret: one of them has a digit in it.
    for (const { 0: found, 1: value = '', index } of text.matchAll(named)) {
      const end = index + found.length;
      if (/\d/.test(value)) yield [end - value.length, end];
    }
  },
  iban: wherever(/(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,40}/g, (found, text, at) =>
    ibanLength(text.slice(at, at + found.length + 1)),
  ),
  card: wherever(/(?<![\d.+-])\d(?:[ -]?\d){12,18}(?![\d-]|\.\d)/g, (found) => (isCard(digitsOf(found)) ? found.length : 0)),
  email: emails,
  phone: wherever(phone, (found) => (isPhone(found) ? found.length : 0)),
} satisfies Record<string, Pattern>;

/** Where the expression finds what is meant; `meant` says how many characters are, 0 where it was something else. */
function wherever(expression: RegExp, meant = (found: string, _text: string, _at: number) => found.length): Pattern {
  return function* found(text) {
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      const begin = match.index;
      const length = meant(match[0], text, begin);
      // Behind what was meant: an expression may have taken in the beginning of the next one.
      const next = begin + Math.max(length, 1);
      if (length > 0) yield [begin, begin + length];
      expression.lastIndex = next;
    }
  };
}

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** Luhn's checksum, and a first digit that card numbers have. */
function isCard(digits: string): boolean {
  if (!/^(?:3|4|5|6|2[2-7])/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let n = 0; n < digits.length; n += 1) {
    const digit = Number(digits[digits.length - 1 - n]);
    const double = digit * 2;
    sum += n % 2 === 0 ? digit : double > 9 ? double - 9 : double;
  }
  return sum % 10 === 0;
}

/** A long number that begins with a zero is one where somebody wrote it in groups. */
const isPhone = (found: string) => !/^0\d{12,}$/.test(found);
