/** What an answer's text shows without anybody's judgement. SQL over `o`, the output. */

/** Only the opening counts: a long answer that regrets something later is no refusal. */
const OPENING = 250;

const refusals = [
  "i'm sorry, but i can",
  "i'm sorry, i can",
  'i am sorry, but i can',
  'sorry, but i can',
  'sorry, i can',
  "i'm sorry, but as an ai",
  'as an ai language model',
  'as an ai assistant, i can',
  "i can't assist",
  "i can't help with",
  "i can't provide",
  "i can't fulfill",
  "i can't comply",
  'i cannot assist',
  'i cannot help with',
  'i cannot provide',
  'i cannot fulfill',
  'i cannot comply',
  "i'm unable to",
  'i am unable to',
  "i'm not able to",
  'i am not able to',
  "i won't be able to",
  'i must decline',
  'i have to decline',
  'unable to assist',
  'against my guidelines',
  'tut mir leid, aber ich kann',
  'ich kann dabei nicht helfen',
  'je suis désolé, mais je ne peux',
  'je ne peux pas vous aider',
  'lo siento, pero no puedo',
  'no puedo ayudar',
  'mi dispiace, ma non posso',
];

/** Words so common that a few lines hold some. */
const stopWords = {
  en: ['the', 'and', 'is', 'to', 'of', 'that', 'you', 'for'],
  de: ['der', 'die', 'und', 'ist', 'nicht', 'das', 'sie', 'für'],
  fr: ['le', 'les', 'et', 'est', 'une', 'vous', 'pour', 'des'],
  es: ['el', 'los', 'y', 'es', 'una', 'que', 'para', 'del'],
  it: ['il', 'di', 'che', 'è', 'per', 'una', 'non', 'sono'],
  pt: ['o', 'os', 'e', 'não', 'uma', 'para', 'você', 'em'],
  nl: ['de', 'het', 'een', 'en', 'van', 'niet', 'voor', 'je'],
};
const scripts: Record<string, string> = {
  zh: '\\\\p{Han}',
  ja: '[\\\\p{Hiragana}\\\\p{Katakana}]',
  ko: '\\\\p{Hangul}',
  ru: '\\\\p{Cyrillic}',
  ar: '\\\\p{Arabic}',
  he: '\\\\p{Hebrew}',
  el: '\\\\p{Greek}',
  hi: '\\\\p{Devanagari}',
  th: '\\\\p{Thai}',
};

const quoted = (text: string) => `'${text.replaceAll("'", "\\'")}'`;

export const refusal = `multiSearchAny(replaceAll(lowerUTF8(substring(o, 1, ${OPENING})), '’', '\\''), [${refusals.map(quoted).join(', ')}])`;

const start = 'lower(substringUTF8(output, 1, 400))';
const list = (words: readonly string[]) => `[${words.map(quoted).join(', ')}]`;
const hits = `arrayMap(words -> arrayCount(word -> has(words, word), splitByWhitespace(replaceRegexpAll(${start}, '[.,;:!?()"]', ' '))), [${Object.values(stopWords).map(list).join(', ')}])`;

/**
 * Language of `output` by script, else by stop words; empty when it is too short to tell. Dear, so to be asked of a sample:
 * as a column beside a `where`, not inside an `if`, whose lazy evaluation would repeat its parts.
 */
export const language = `multiIf(length(output) < 40, '', ${Object.entries(scripts)
  .map(([name, script]) => `match(${start}, '${script}'), '${name}'`)
  .join(', ')}, arrayMax(${hits}) < 2, '', arrayElement(${list(Object.keys(stopWords))}, indexOf(${hits}, arrayMax(${hits}))))`;
