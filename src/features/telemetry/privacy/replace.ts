/** What stands in a text is another thing from now on. */
export interface Edit {
  readonly begin: number;
  readonly end: number;
  readonly name: string;
}

/** Writes the names of what was struck in its place. JSON stays JSON. */
export function replaced(text: string, edits: readonly Edit[]): string {
  const apart = joined(edits);
  const pieces = isJson(text) ? [...piecesOfJson(text, apart)] : apart.map((edit) => ({ ...edit, put: markOf(edit) }));
  let [out, at] = ['', 0];
  for (const { begin, end, put } of pieces) {
    if (begin < at) continue;
    out += text.slice(at, begin) + put;
    at = end;
  }
  return out + text.slice(at);
}

export const looksLikeJson = (text: string) => /^\s*["[{]/.test(text);

export function isJson(text: string): boolean {
  if (!looksLikeJson(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const markOf = ({ name }: Edit) => `[${name} struck]`;

/** From left to right. Of those that overlap, one is left, named as the longer of them. */
function joined(edits: readonly Edit[]): Edit[] {
  const apart: Edit[] = [];
  for (const edit of edits.toSorted((a, b) => a.begin - b.begin)) {
    const last = apart.at(-1);
    if (!last || last.end <= edit.begin) apart.push(edit);
    else {
      const { name } = last.end - last.begin < edit.end - edit.begin ? edit : last;
      apart[apart.length - 1] = { begin: last.begin, end: Math.max(last.end, edit.end), name };
    }
  }
  return apart;
}

interface Piece {
  readonly begin: number;
  readonly end: number;
  readonly put: string;
}

/** Within a text, the mark; a number becomes a text; brackets, commas and quotes between them stay. */
function* piecesOfJson(text: string, edits: readonly Edit[]): Iterable<Piece> {
  const strings = stringsOf(text);
  let string = strings.next().value;
  for (const edit of edits) {
    let at = edit.begin;
    while (at < edit.end) {
      while (string && string[1] <= at) string = strings.next().value;
      const isWithin = string !== undefined && string[0] <= at;
      const end = Math.min(edit.end, string?.[isWithin ? 1 : 0] ?? text.length);
      if (isWithin) yield { begin: at, end, put: markOf(edit) };
      else yield* numbersOf(text, at, end, edit);
      at = end;
    }
  }
}

const partOfNumber = /[\w.+-]/;

/** Numbers (or true, false, null) of which a part is there, as wholes. */
function* numbersOf(text: string, from: number, to: number, edit: Edit): Iterable<Piece> {
  for (let at = from; at < to; at += 1) {
    if (!partOfNumber.test(text[at]!)) continue;
    let begin = at;
    while (begin > 0 && partOfNumber.test(text[begin - 1]!)) begin -= 1;
    while (at < text.length && partOfNumber.test(text[at]!)) at += 1;
    yield { begin, end: at, put: `"${markOf(edit)}"` };
  }
}

/** What stands between quotes. */
function* stringsOf(json: string): Generator<readonly [begin: number, end: number], undefined> {
  for (let open = json.indexOf('"'); open >= 0;) {
    let close = json.indexOf('"', open + 1);
    while (isEscaped(json, close)) close = json.indexOf('"', close + 1);
    yield [open + 1, close];
    open = json.indexOf('"', close + 1);
  }
}

function isEscaped(json: string, at: number): boolean {
  let before = at;
  while (json[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}
