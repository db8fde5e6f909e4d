/** A text as it is meant: what stands there as `\n` is a new line. Each escape is one character of it. */
export interface Meant {
  readonly text: string;
  /** Where in the text as it stands the character stands that is there in the text as it is meant. */
  origin(at: number): number;
}

/**
 * All backslashes before a letter at once: in what a tool was called with, JSON stands in JSON, and each level doubles them. A run
 * of them is looked at once.
 */
const atAnyLevel = /\\+(?:u[0-9a-fA-F]{4}|["/bfnrt])?/g;
/** As the outermost JSON has it. */
const atOneLevel = /\\(?:u[0-9a-fA-F]{4}|[^u])/g;

const control: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const hasEscapes = (text: string) => text.includes('\\');

export const asItStands = (text: string): Meant => ({ text, origin: (at) => at });
export const unescaped = (text: string) => (hasEscapes(text) ? read(text, atAnyLevel) : asItStands(text));
export const unescapedOnce = (text: string) => (hasEscapes(text) ? read(text, atOneLevel) : asItStands(text));

function read(text: string, escape: RegExp): Meant {
  const parts: string[] = [];
  /** Where each escape is in the text as it is meant, and where it ends in the text as it stands. */
  const [places, ends]: [number[], number[]] = [[], []];
  let [from, length] = [0, 0];
  for (const { 0: found, index } of text.matchAll(escape)) {
    parts.push(text.slice(from, index), signOf(found));
    length += index - from + 1;
    from = index + found.length;
    places.push(length - 1);
    ends.push(from);
  }
  parts.push(text.slice(from));
  return {
    text: parts.join(''),
    origin(at) {
      const before = countBelow(places, at);
      return before === 0 ? at : ends[before - 1]! + at - places[before - 1]! - 1;
    },
  };
}

function signOf(escape: string): string {
  const letter = escape.lastIndexOf('\\') + 1;
  const sign = escape[letter];
  if (sign === undefined) return '\\';
  return sign === 'u' ? String.fromCharCode(Number.parseInt(escape.slice(letter + 1), 16)) : (control[sign] ?? sign);
}

/** How many of the rising numbers are below this one. */
function countBelow(rising: readonly number[], most: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < most) low = middle + 1;
    else high = middle;
  }
  return low;
}
