import { textList, textOf } from './sql.ts';

/** How answers end, told from their last characters. SQL over `o`, the output, and `tail`, the end of it. */

export const ENDING = {
  /** Too short to say, or of a script that marks no end. */
  unknown: 0,
  finished: 1,
  /** On a letter or a digit: of a text that stops, or of one that goes without a full stop. */
  open: 2,
  /** Where no text ends: after "and the" or a comma, in a code block, in a JSON object. */
  broken: 3,
  /** The provider says so. */
  cut: 4,
} as const;

/** Labels, titles and short replies end as they like, in bytes. */
const SHORTEST = 60;
/** Of a text, this much tells how it ends, in bytes. */
const TAIL = 200;

const endOfText = (text: string) => `trimRight(right(${text}, ${TAIL}), ' \\t\\r\\n')`;
/** `tail`: a column of a layer below, so that it is cut out once. */
export const tailOf = endOfText('o');

// The engine compiles a pattern anew for each block of rows: one of letters of all scripts costs as much as reading the block. The
// last bytes are asked first, and of most rows they tell.
const last = (bytes: number) => `right(tail, ${bytes})`;
const lastCharacters = last(8);

/** What most answers end with. */
const plainEnds = `('.', '!', '?', ')', ']', '}', '"', '*', '|', '>', '\`', ';')`;

const mayBeJson = `substring(o, 1, 1) in ('{', '[', ' ', '\\n', '\\r', '\\t', '\\f')`;
const startsAsJson = `${mayBeJson} and match(o, '^\\\\s*(?:\\\\{\\\\s*"|\\\\[\\\\s*[\\\\[{"])')`;
const endsAsJson = `match(${lastCharacters}, '[}\\\\]\`.!?]$')`;

/** Most open ends are one of these. */
const plainSign = `(${last(1)} between 'a' and 'z' or ${last(1)} between 'A' and 'Z' or ${last(1)} between '0' and '9')`;
/** The last byte of a sign that is no ASCII. */
const wide = `${last(1)} >= '\\x80'`;

/** Written without a mark between sentences. */
const unmarked = `${wide} and match(${lastCharacters}, '[\\\\p{Thai}\\\\p{Lao}\\\\p{Khmer}\\\\p{Myanmar}\\\\p{Tibetan}]$')`;

/** Marks, full stops of any script, closing quotes, emoji: whatever is no letter, no digit and no sign that something follows. */
const openSign = '[\\p{L}\\p{N}\\p{Mn}\\p{Mc},،、，:：\\-–—/\\\\(\\[{（「『《<&+=$#@%]';
/** The selector that makes a sign an emoji counts as a mark of letters. */
const open = `${plainSign} or match(${lastCharacters}, ${textOf(`${openSign}$`)}) and not match(${lastCharacters}, '\\\\x{FE0F}$')`;

/** Words after which something follows, whatever the text. Verbs and prefixes that may end a sentence are not among them. */
const leading = [
  ...new Set(
    `the a an and or of with from into your our their my his its because if than as at by is are was were be been has have
had will would can could should may might must we they to for but which whose while per via very every
der die den dem des eine einen einem einer und oder von für im zum zur dass weil wenn ihre ihren unsere
le la les un une du de et ou à au aux pour avec dans par sur que qui votre vos notre nos est sont
el los las del para con por su sus al nuestro il lo gli di della che da dei nel alla os um uma dos das em seu sua het een van voor
и в на с по для что не к из от के की का में से को और في من على إلى أو التي الذي`.split(/\s+/),
  ),
];
const listed = (words: readonly string[]) => `(${textList(words).slice(1, -1)})`;
/** What may stand before a word, instead of a space. */
const BOUNDARIES = '\n\r\t"\'`()[]{}<>*_#|/\\-.,;:!?=+&~';
const leads = `substringIndex(translate(${last(24)}, ${textOf(BOUNDARIES)}, ${textOf(' '.repeat(BOUNDARIES.length))}), ' ', -1) in ${listed(leading)}`;
const leadingSign = `not (${plainSign}) and match(${lastCharacters}, '[,،、，(\\\\[{（「『《はがをにでとの的和是在与及或把将]$')`;
const brokenOff = `(${leadingSign} or ${leads})`;

/** An address, or a last line of its own as of a list, a table or a signature; of a list only if the line before it has no mark either. */
const ownLine = `multiSearchAny(tail, ['\\n', '://', '@']) and (match(tail, ${textOf('(?:https?://\\S+|\\S+@\\S+\\.\\w+)$')}) or (match(tail, ${textOf(
  '\\n\\s*(?:[-*•–+]|\\d{1,3}[.)]|#+|\\p{Lu})[^\\n]{0,39}$|\\n\\s*(?:[-*•–+]|\\d{1,3}[.)])\\s[^\\n]*$',
)}) and not match(tail, ${textOf('[.!?。]\\s*\\n\\s*(?:[-*•–+]|\\d{1,3}[.)])\\s[^\\n]*$')})))`;

/** How an answer ends, a value of `ENDING`. `finish`: the SQL of what the provider says, where it says something. */
export const endingOf = (finish: string | null) => `multiIf(
  ${finish ? `match(lower(ifNull(${finish}, '')), 'length|max_'), ${ENDING.cut}, ` : ''}countSubstrings(o, '\`\`\`') % 2 = 1, ${ENDING.broken},
  ${startsAsJson}, if(${endsAsJson}, ${ENDING.finished}, ${ENDING.broken}),
  length(o) < ${SHORTEST}, ${ENDING.unknown},
  ${last(1)} in ${plainEnds}, ${ENDING.finished},
  not (${open}), ${ENDING.finished},
  ${unmarked}, ${ENDING.unknown},
  ${brokenOff}, ${ENDING.broken},
  ${ownLine}, ${ENDING.finished},
  ${ENDING.open})`;

/** Of this much the last two words are told. */
const LAST_WORDS = 64;

/** What is kept of an answer with an open end of which no more is kept than its first characters. SQL over `how`, its ending. */
export const endOf = (kept: number) => `if(how = ${ENDING.open} and lengthUTF8(o) > ${kept}, ${last(LAST_WORDS)}, '')`;

/** The last two words of a text: whether it stops within a word shows against the words of the log. */
export const lastWords = (text: string) =>
  `extract(right(${endOfText(text)}, ${LAST_WORDS}), '(?:[\\\\p{L}\\\\p{M}]+ )?[\\\\p{L}\\\\p{M}]+$')`;
