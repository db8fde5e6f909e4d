/**
 * Text from logs is hostile: it may hold terminal commands, invisible or reversing characters, half a character, or ten megabytes.
 * Every string of a report passes here before any form of the report sees it.
 */

// oxlint-disable-next-line no-control-regex -- the escape sequences of terminals are what is looked for
const ANSI = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u001b\u009b]\[?[0-9:;<=>?]*[ -/]*[@-~]/g;
// What does not print, reverses what prints, or is no character. Joiners stay: words of Persian and Hindi and emoji need them.
const UNPRINTABLE = /(?![\n\t\u00ad\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const PILED_MARKS = /(\p{M}{6})\p{M}+/gu;

const visible = (char: string) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** At most `max` code units, never half a character; `…` says that something is missing. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** A text that is safe to show and keeps its lines. Colours of terminals go, all else that cannot be seen is spelled out. */
export function clean(text: string, max = 4000): string {
  return cut(text, max)
    .replace(ANSI, '')
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(UNPRINTABLE, visible)
    .replace(PILED_MARKS, '$1')
    .replaceAll('\t', '  ');
}

/** The same on one line. */
export function line(text: string, max = 300): string {
  return cut(
    clean(text, max * 4)
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  );
}

/** A value of a log inside a sentence: one that is longer than a name would drown what is said of it. */
export const named = (value: string): string => line(value, 60);

/** "customer acme", and "team 3" where the value says itself what it is. */
export const place = (name: string, value: string): string =>
  value.toLowerCase().startsWith(name.toLowerCase()) ? value : `${name} ${value}`;

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const ZERO = /\p{M}|\u200c|\u200d|\u00ad/u;

const columnsOf = (char: string) => (ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** Columns that a text takes on a terminal. */
export function columns(text: string): number {
  let sum = 0;
  for (const char of text) sum += columnsOf(char);
  return sum;
}

/** Cuts a text to columns of a terminal. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const char of text) {
    used += columnsOf(char);
    if (used > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Breaks a text at spaces; a word longer than a line is broken where the line ends. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').flatMap((word) => pieces(word, width))) {
    if (current && columns(current) + 1 + columns(word) > width) {
      lines.push(current);
      current = word;
    } else current = current ? `${current} ${word}` : word;
  }
  return current ? [...lines, current] : lines;
}

function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word];
  const parts = [''];
  for (const char of word) {
    if (columns(parts.at(-1) + char) > width) parts.push('');
    parts[parts.length - 1] += char;
  }
  return parts;
}
