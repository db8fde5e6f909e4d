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
  const lists: string[] = [];
  let answer = shortTexts(whole);
  for (let size = sizeOf(answer); size > MOST_CHARACTERS; size = sizeOf(answer)) {
    const found = largestList(answer);
    if (!found) break;
    const [name, list] = found;
    const left = Math.min(list.length - 1, Math.floor((list.length * MOST_CHARACTERS) / size));
    lists.push(`${left} of ${list.length} ${name}`);
    answer = { ...(answer as object), [name]: list.slice(0, left) };
  }
  return { answer, cut: sentence(lists.at(-1)) };
}

const sentence = (lists: string | undefined) =>
  [
    'This answer was cut:',
    lists === undefined ? '' : `${lists} are shown;`,
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

function largestList(answer: unknown): readonly [string, readonly unknown[]] | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  return Object.entries(answer)
    .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0)
    .toSorted((a, b) => sizeOf(b[1]) - sizeOf(a[1]))[0];
}
