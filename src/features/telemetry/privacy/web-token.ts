import type { Found } from './model.ts';

const run = /[A-Za-z0-9_-]*/y;
const SHORTEST = 8;

/** JSON Web Tokens. A run of such characters is looked at once, however often "eyJ" stands in it. */
export function* webTokens(text: string): Found {
  let next: number;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', next)) {
    next = at + 3;
    if (at > 0 && /\w/.test(text[at - 1]!)) continue;
    const head = runEnd(text, at);
    const body = text[head] === '.' ? runEnd(text, head + 1) : head;
    // What begins later in the same run ends where it does.
    next = head;
    if (head - at < SHORTEST + 3 || body - head <= SHORTEST || text[body] !== '.') continue;
    next = runEnd(text, body + 1);
    yield [at, next];
  }
}

function runEnd(text: string, at: number): number {
  run.lastIndex = at;
  run.test(text);
  return run.lastIndex;
}
