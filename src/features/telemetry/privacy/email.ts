import type { Found } from './model.ts';

const LONGEST_LOCAL = 64;
const domain = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}{2,24}/uy;
const special = new Set(Array.from(".%+'-_", (sign) => sign.charCodeAt(0)));

/** Addresses of e-mail: from each @ back to where its name begins and on to where its domain ends. */
export function* emails(text: string): Found {
  let free = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(at + 1, free))) {
    const begin = beginOf(text, at, free);
    if (begin === at) continue;
    domain.lastIndex = at + 1;
    if (!domain.test(text)) continue;
    free = domain.lastIndex;
    yield [begin, free];
  }
}

/** Where the name before the @ begins, not before `free`; at the @ itself when there is none. */
function beginOf(text: string, at: number, free: number): number {
  let begin = at;
  for (let signs = 0; signs < LONGEST_LOCAL && begin > free; signs += 1) {
    const width = begin - 1 > free && isLow(text.charCodeAt(begin - 1)) ? 2 : 1;
    if (!isOfName(text.codePointAt(begin - width)!)) break;
    begin -= width;
  }
  return begin;
}

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

function isOfName(sign: number): boolean {
  if (sign >= 0x80) return /[\p{L}\p{N}]/u.test(String.fromCodePoint(sign));
  return (sign >= 0x61 && sign <= 0x7a) || (sign >= 0x30 && sign <= 0x39) || (sign >= 0x41 && sign <= 0x5a) || special.has(sign);
}
