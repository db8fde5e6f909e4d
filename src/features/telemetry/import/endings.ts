import { textList, textOf } from './sql.ts';

/** How answers end, told from their last characters. SQL over `o`, the output. */

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

const tail = `trimRight(right(o, ${TAIL}), ' \\t\\r\\n')`;
const lastCharacters = `right(${tail}, 8)`;

/** What most answers end with, asked for first because it is quick. */
const plainEnds = `('.', '!', '?', ')', ']', '}', '"', '*', '|', '>', '\`', ';')`;

const startsAsJson = `match(o, '^\\\\s*(?:\\\\{\\\\s*"|\\\\[\\\\s*[\\\\[{"])')`;
const endsAsJson = `match(${lastCharacters}, '[}\\\\]\`.!?]$')`;

/** Most open ends are such a letter, of which no pattern need be asked. */
const plainLetter = `right(${tail}, 1) between 'a' and 'z'`;

/** Written without a mark between sentences. */
const unmarked = `not (${plainLetter}) and match(${lastCharacters}, '[\\\\p{Thai}\\\\p{Lao}\\\\p{Khmer}\\\\p{Myanmar}\\\\p{Tibetan}]$')`;

/** Marks, full stops of any script, closing quotes, emoji: whatever is no letter, no digit and no sign that something follows. */
const openSign = '[\\p{L}\\p{N}\\p{Mn}\\p{Mc},،、，:：\\-–—/\\\\(\\[{（「『《<&+=$#@%]';
/** The selector that makes a sign an emoji counts as a mark of letters. */
const open = `(${plainLetter}) or match(${lastCharacters}, ${textOf(`${openSign}$`)}) and not match(${lastCharacters}, '\\\\x{FE0F}$')`;

/** Words after which something follows, whatever the text. Verbs and prefixes that may end a sentence are not among them. */
const leading =
  `the a an and or of with from into your our their my his its because if than as at by is are was were be been has have
had will would can could should may might must we they to for but which whose while per via very every
der die den dem des eine einen einem einer und oder von für im zum zur dass weil wenn ihre ihren unsere
le la les un une du de et ou à au aux pour avec dans par sur que qui votre vos notre nos est sont
el los las del para con por su sus al nuestro il lo gli di della che da dei nel alla os um uma dos das em seu sua het een van voor
и в на с по для что не к из от के की का में से को और في من على إلى أو التي الذي`.split(/\s+/);
const leads = `extract(right(${tail}, 24), '[\\\\p{L}\\\\p{M}]+$') in (${textList(leading).slice(1, -1)})`;
const brokenOff = `(not (${plainLetter}) and match(${lastCharacters}, '[,،、，(\\\\[{（「『《はがをにでとの的和是在与及或把将]$') or ${leads})`;

/** An address, or a last line of its own as of a list, a table or a signature; of a list only if the line before it has no mark either. */
const ownLine = `multiSearchAny(${tail}, ['\\n', '://', '@']) and (match(${tail}, ${textOf('(?:https?://\\S+|\\S+@\\S+\\.\\w+)$')}) or (match(${tail}, ${textOf(
  '\\n\\s*(?:[-*•–+]|\\d{1,3}[.)]|#+|\\p{Lu})[^\\n]{0,39}$|\\n\\s*(?:[-*•–+]|\\d{1,3}[.)])\\s[^\\n]*$',
)}) and not match(${tail}, ${textOf('[.!?。]\\s*\\n\\s*(?:[-*•–+]|\\d{1,3}[.)])\\s[^\\n]*$')})))`;

/** How an answer ends, a value of `ENDING`. `finish`: the SQL of what the provider says, where it says something. */
export const endingOf = (finish: string | null) => `multiIf(
  ${finish ? `match(lower(ifNull(${finish}, '')), 'length|max_'), ${ENDING.cut}, ` : ''}countSubstrings(o, '\`\`\`') % 2 = 1, ${ENDING.broken},
  ${startsAsJson}, if(${endsAsJson}, ${ENDING.finished}, ${ENDING.broken}),
  length(o) < ${SHORTEST}, ${ENDING.unknown},
  right(${tail}, 1) in ${plainEnds}, ${ENDING.finished},
  not (${open}), ${ENDING.finished},
  ${unmarked}, ${ENDING.unknown},
  ${brokenOff}, ${ENDING.broken},
  ${ownLine}, ${ENDING.finished},
  ${ENDING.open})`;

/** The last two words of an answer with an open end: whether it stops within a word shows against the words of the log. */
export const lastWords = (ending: string) =>
  `if(${ending} = ${ENDING.open}, extract(right(${tail}, 64), '(?:[\\\\p{L}\\\\p{M}]+ )?[\\\\p{L}\\\\p{M}]+$'), '')`;
