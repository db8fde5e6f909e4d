/** An answer for a reader: what stands alone as lines, what is many as a table. Everything else prints it as JSON. */

type Fields = Readonly<Record<string, unknown>>;
interface Page {
  width: number;
  color: boolean | undefined;
}

const GAP = 2;
const WIDEST_CELL = 48;
/** A column that is cut to less says nothing. */
const NARROWEST_CELL = 6;

export function showAnswer(answer: unknown, page: Page): string {
  if (!isFields(answer)) return `${cellOf(answer, Infinity)}\n`;
  // The client is who was asked about.
  const { client: _, ...rest } = answer;
  const told = Object.keys(rest).length > 0 ? rest : answer;
  return `${fieldsOf(told, page).join('\n')}\n`;
}

function fieldsOf(of: Fields, page: Page): string[] {
  const all = Object.entries(of);
  const plain = all.filter(([, value]) => !isMany(value) && !isNested(value));
  const indent = Math.max(0, ...plain.map(([name]) => words(name).length)) + GAP;
  const lines = plain.map(([name, value]) => `${dim(words(name).padEnd(indent), page)}${cellOf(value, Infinity)}`);
  for (const [name, value] of all) {
    if (!isMany(value) && !isNested(value)) continue;
    const inner = isMany(value)
      ? tableOf(name, value, page)
      : fieldsOf(value as Fields, { ...page, width: page.width - GAP }).map((line) => ' '.repeat(GAP) + line);
    const isAlone = all.length === 1;
    if (lines.length > 0) lines.push('');
    if (!isAlone && !(isMany(value) && value.length === 0)) lines.push(bold(words(name), page));
    lines.push(...inner);
  }
  return lines;
}

function tableOf(name: string, rows: readonly Fields[], page: Page): string[] {
  if (rows.length === 0) return [`No ${words(name)}.`];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) =>
    rows.some((row) => !isNothing(row[column])),
  );
  const columns = names.map((column) => {
    const cells = rows.map((row) => cellOf(row[column], WIDEST_CELL));
    const isNumber = rows.every((row) => row[column] === null || row[column] === undefined || typeof row[column] === 'number');
    return { head: words(column), cells, isNumber, width: Math.max(...[words(column), ...cells].map(({ length }) => length)) };
  });
  const shown: typeof columns = [];
  let left = page.width;
  for (const column of columns) {
    const room = left - (shown.length > 0 ? GAP : 0);
    // The last that fits is cut; identifiers, which come first, are whole.
    const width = Math.min(column.width, room);
    if (width < Math.min(column.width, Math.max(NARROWEST_CELL, column.head.length)) && shown.length > 0) break;
    shown.push({ ...column, width });
    left = room - width;
  }
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, n) => {
        const { width, isNumber } = shown[n]!;
        return isNumber ? cut(cell, width).padStart(width) : cut(cell, width).padEnd(width);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const missing = columns.slice(shown.length).map(({ head }) => head);
  return [
    dim(lineOf(shown.map(({ head }) => head)), page),
    ...rows.map((_, row) => lineOf(shown.map(({ cells }) => cells[row]!))),
    ...(missing.length > 0 ? [dim(`There is more: ${missing.join(', ')}. A wider terminal or --json shows it.`, page)] : []),
  ];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMany = (value: unknown): value is readonly Fields[] => Array.isArray(value) && value.every(isFields);
const isNested = (value: unknown) => isFields(value) && Object.keys(value).length > 0;
const isNothing = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/;

function cellOf(value: unknown, most: number): string {
  if (isNothing(value)) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (typeof value === 'string') return cut(value.length < 40 ? value.replace(TIME, '$1 $2') : oneLine(value), most, oneLine);
  if (Array.isArray(value)) return cut(value.map((one) => (isFields(one) ? pairsOf(one) : cellOf(one, most))).join(', '), most);
  return isFields(value) ? cut(pairsOf(value), most) || '–' : '–';
}

const pairsOf = (of: Fields) =>
  Object.entries(of)
    .filter(([, value]) => !isNothing(value))
    .map(([name, value]) => `${oneLine(words(name))} ${cellOf(value, WIDEST_CELL)}`)
    .join(' ');

/** Answers hold what clients and end users wrote, which must not steer the terminal. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\uFFFD').trim();

const cut = (text: string, most: number, clean: (text: string) => string = (same) => same) => {
  const whole = clean(text);
  return whole.length <= most ? whole : `${whole.slice(0, Math.max(0, most - 1))}…`;
};

/** `startedAt` is "started at"; a name in data stays as it is. */
const words = (name: string) =>
  /^[a-z]+(?:[A-Z][a-z]*)+$/.test(name) ? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : oneLine(name);

const dim = (text: string, { color }: Page) => (color ? `\u001B[2m${text}\u001B[0m` : text);
const bold = (text: string, { color }: Page) => (color ? `\u001B[1m${text}\u001B[0m` : text);
