import { ibanLength } from './iban.ts';

/** What is looked for in texts. Each pattern is bounded, so that no text makes it slow. */
export interface Pattern {
  readonly expression: RegExp;
  /** How many characters of what the expression found are meant; 0: it was something else. */
  readonly meant: (found: string, text: string, at: number) => number;
}

const all = (found: string) => found.length;
const digitsOf = (text: string) => text.replace(/\D/g, '');

/** Prefixes that services give their keys, and the shapes of tokens that carry their own name. */
const secrets = [
  String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?`,
  String.raw`\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}`,
  String.raw`\b(?:sk|pk|rk)[-_](?:[a-z0-9]{1,12}[-_]){0,3}[A-Za-z0-9_-]{16,300}`,
  String.raw`\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b`,
  String.raw`\b(?:gh[pousr]_[A-Za-z0-9]{20,300}|github_pat_[A-Za-z0-9_]{20,300}|glpat-[A-Za-z0-9_-]{16,100})`,
  String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,300}`,
  String.raw`\bAIza[0-9A-Za-z_-]{35}`,
  String.raw`\b(?:stw[cp]|hf|npm|dop_v1|shpat|SG|gsk|r8)[_.][A-Za-z0-9_.-]{20,300}`,
  String.raw`\bpypi-[A-Za-z0-9_-]{20,300}`,
].join('|');

export const builtIn = {
  secret: { expression: new RegExp(secrets, 'g'), meant: all },
  namedSecret: {
    expression:
      /\b(?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|secret|passw(?:or)?d|bearer)\b["']?\s{0,3}[:= ]\s{0,3}["']?([A-Za-z0-9_.~+/=-]{12,500})/gi,
    // A word that follows "secret" is no secret: one of them has a digit or a sign in it.
    meant: (found: string) => (/\d/.test(found.slice(found.search(/[:= ]/))) ? found.length : 0),
  },
  iban: {
    expression: /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,40}/g,
    meant: (found: string, text: string, at: number) => ibanLength(text.slice(at, at + found.length + 1)),
  },
  card: {
    expression: /(?<![\d.+-])\d(?:[ -]?\d){12,18}(?![\d-]|\.\d)/g,
    meant: (found: string) => (isCard(digitsOf(found)) ? found.length : 0),
  },
  email: {
    expression: /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}/gu,
    meant: all,
  },
  phone: {
    expression: /(?<![\w.+-])(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]{0,2}\(?\d{1,6}\)?){1,7}(?![\w-])/g,
    meant: (found: string) => (isPhone(found) ? found.length : 0),
  },
} satisfies Record<string, Pattern>;

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

/** Numbers are everywhere; a telephone number says by its form that it is one. */
function isPhone(found: string): boolean {
  const text = found.trim();
  const digits = digitsOf(text);
  if (digits.length < 7 || digits.length > 15 || isDate(text)) return false;
  if (text.startsWith('+')) return digits.length >= 8;
  if (/^\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$/.test(text)) return true;
  if (/^1[ .-]\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$/.test(text)) return true;
  // With a dot in it, it may be a number or an address of a machine.
  if (text.includes('.')) return false;
  return /^\(?0\d/.test(text) && digits.length >= 9 && (/[ /()-]/.test(text) || digits.length <= 12);
}

const isDate = (text: string) => /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(text) || /^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$/.test(text);
