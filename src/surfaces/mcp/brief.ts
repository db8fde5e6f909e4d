/** Answers for agents: what is too long for one to read is cut, and said to be. */

const MOST_CHARACTERS = 60_000;
const LONGEST_TEXT = 4000;

export interface Brief {
  answer: unknown;
  /** What is missing, and how to get it; nothing when it is whole. */
  cut: string | undefined;
}

/** Of the same shape: long texts lose their end, then lists theirs, the longest first. */
export function brief(whole: unknown): Brief {
  if (sizeOf(whole) <= MOST_CHARACTERS) return { answer: whole, cut: undefined };
  /** How long each list was, and is. */
  const lists = new Map<string, { of: number; left: number }>();
  let answer = shortTexts(whole);
  for (let size = sizeOf(answer); size > MOST_CHARACTERS; size = sizeOf(answer)) {
    const found = largestList(answer, []);
    if (!found) break;
    const { path, list } = found;
    const left = Math.min(list.length - 1, Math.floor((list.length * MOST_CHARACTERS) / size));
    const name = path.join('.');
    lists.set(name, { of: lists.get(name)?.of ?? list.length, left });
    answer = withList(answer, path, list.slice(0, left));
  }
  return { answer, cut: sentence(Array.from(lists, ([name, { of, left }]) => `${left} of ${of} ${name}`)) };
}

const sentence = (lists: readonly string[]) =>
  [
    'This answer was cut:',
    lists.length === 0 ? '' : `${lists.join(', ')} are shown;`,
    `texts end after ${LONGEST_TEXT} characters.`,
    'Ask for less at a time (a smaller limit, a narrower from and to, one trace or span), or go on with "next" where there is one.',
  ]
    .filter(Boolean)
    .join(' ');

const sizeOf = (value: unknown) => JSON.stringify(value).length;

function shortTexts(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= LONGEST_TEXT
      ? value
      : `${value.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/, '')}… [${value.length - LONGEST_TEXT} characters more]`;
  if (Array.isArray(value)) return value.map(shortTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortTexts(one)]));
}

interface Found {
  path: readonly string[];
  list: readonly unknown[];
}

/** In objects, however deep. Lists in lists go with what they are in. */
function largestList(value: unknown, path: readonly string[]): Found | undefined {
  if (Array.isArray(value)) return value.length > 0 ? { path, list: value } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value)
    .flatMap(([name, one]) => largestList(one, [...path, name]) ?? [])
    .toSorted((a, b) => sizeOf(b.list) - sizeOf(a.list))[0];
}

function withList(value: unknown, [name, ...rest]: readonly string[], list: readonly unknown[]): unknown {
  if (name === undefined) return list;
  const object = value as Record<string, unknown>;
  return { ...object, [name]: withList(object[name], rest, list) };
}
