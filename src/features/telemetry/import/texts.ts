import { nonAnswers, nonAnswerSigns, type Patterns } from './non-answers.ts';
import { refusalsByLanguage, signsByLanguage } from './refusals-by-language.ts';
import { textList, textOf } from './sql.ts';

/** What an answer's text shows without anybody's judgement. SQL over `o`, the output. */

/** An answer of blanks. Its first byte tells of nearly all that they are none: to ask a pattern of each is dear. */
export const isEmpty = `(substring(o, 1, 1) in ('', ' ', '\\n', '\\r', '\\t', '\\f') and not match(o, '\\\\S'))`;

/** Only the opening counts: a long answer that regrets something later is no refusal. */
const OPENING = 300;

/** One of these is in every refusal below: looked for first, because it is quick and most answers hold none. */
const signs =
  `can't,can’t,cannot,can not,unable,not able,won't,won’t,will not,decline,as an ai,against my,against our,against openai,against the,against its,against content,against usage,violate,not comfortable
not allowed,not permitted,not programmed,not designed,not going to,not capable,not authori,outside of what i,outside what i,outside of my,outside my,beyond my,blocked by,flagged by,content filter
ich kann,kann ich,je ne peux,je ne suis pas en mesure,no puedo,non posso,não posso,kan ik`
    .split(/[,\n]/)
    .concat(nonAnswerSigns, signsByLanguage);

/** What an assistant refuses to do. Not what a clerk fails to do, such as find, see, tell or confirm. */
const refused =
  `help|helping|assist|assisting|comply|fulfil|fulfill|fulfilling|engage|engaging|participate|facilitate|condone|encourage|endorse|promote|support (?:that|this|such)
  |generate|generating|write|writing|create|creating|produce|producing|compose|draft|translate|describe|discuss|discussing|answer|respond|continue|proceed|do (?:that|this|so)
  |(?:provide|providing|share|sharing|give|giving|offer|offering|disclose|reveal)(?: you)?(?: with)?(?: any| the| that| this| such| a| an| specific| my| detailed| personal| medical| legal| financial| account| customer| confidential| private| sensitive)* (?:information|instructions|guidance|advice|details|content|assistance|help|answer|answers|opinions?|examples?|that|this|code|system prompt|steps|support|recommendations?|response)
  |access (?:the internet|real-time|external|websites?|urls?|files)|browse|predict|have (?:personal )?(?:opinions|feelings|beliefs)`.replaceAll(
    /\s*\n\s*/g,
    '',
  );

const states =
  'unable to|not able to|not allowed to|not permitted to|not authori[sz]ed to|not programmed to|not designed to|not going to|not capable of|not comfortable(?: with)?';
const unable = `(?:can't|cannot|can not|won't be able to|won't|will not|(?:currently |really )?(?:${states}))`;

const refusals: readonly Patterns[] = [
  {
    needs: null,
    patterns: [
      // "I help" is meant, "I can't help but notice" is not: what follows the verb ends it, or is what help is given with.
      `\\b(?:i|i'm|i am) (?:sorry,? (?:but )?(?:i|i'm|i am) )?(?:simply |really |also |just )?${unable} (?:directly |ethically |in good conscience |be able to )?(?:${refused})\\b(?: (?:you|with|to|in|on|by|for|such|any|that|this|the|your|a|an|about|or|and|further)\\b|[.,;:!?\\n]|$| [^b])`,
      `\\b(?:i|we) (?:can't|cannot|won't) (?:fulfil|fulfill|comply with|honou?r) (?:your|this|that|the) request`,
    ],
  },
  {
    needs: ['as an ai'],
    patterns: [
      `\\bas an ai\\b[^.!?\\n]{0,80}(?:can't|cannot|can not|don't have|do not have|unable|not able|not capable|must|am not|won't)`,
    ],
  },
  {
    needs: ['decline'],
    patterns: [
      `\\b(?:i must|i have to|i need to|i'll have to|i will have to|i'd have to|i) (?:respectfully |politely )?decline\\b`,
    ],
  },
  {
    needs: ['against ', 'violate'],
    patterns: [
      `(?:against|violates?|violate) (?:my|our|openai'?s?|the|its|content|usage)[^.!?\\n]{0,30}(?:guidelines|programming|polic)`,
    ],
  },
  {
    needs: ['ich kann', 'kann ich'],
    patterns: [
      `ich kann (?:ihnen |dir |euch )?(?:dabei|damit|hierbei|bei dieser|diese anfrage|dazu|das) (?:leider )?(?:nicht|keine)|dabei kann ich (?:ihnen |dir )?(?:leider )?nicht`,
    ],
  },
  {
    needs: ['je ne '],
    patterns: [`je ne (?:peux|suis) pas (?:vous |t')?(?:aider|en mesure|répondre|fournir|assister)|je ne suis pas en mesure de`],
  },
  {
    needs: ['no puedo'],
    patterns: [`(?:lo siento|disculpa)[^.!?\\n]{0,20}no puedo|no puedo (?:ayudar|asistir|proporcionar|cumplir)`],
  },
  {
    needs: ['non posso'],
    patterns: [`(?:mi dispiace|spiacente)[^.!?\\n]{0,20}non posso|non posso (?:aiutar|fornir|assist)`],
  },
  {
    needs: ['não posso'],
    patterns: [`(?:desculpe|lamento|sinto muito)[^.!?\\n]{0,20}não posso|não posso (?:ajudar|fornecer|cumprir)`],
  },
  {
    needs: ['kan ik'],
    patterns: [
      `daar kan ik (?:je |u )?(?:helaas )?niet (?:mee|bij) helpen|kan ik (?:je |u )?(?:helaas )?niet (?:mee|bij)? ?helpen`,
    ],
  },
  {
    needs: ['outside', 'beyond my'],
    patterns: [
      `\\b(?:outside (?:of )?(?:what i can|my (?:scope|capabilit|abilit|area|expertise))|beyond my (?:scope|capabilit|abilit|expertise))`,
    ],
  },
  {
    needs: ['blocked', 'flagged', 'content filter'],
    patterns: [
      `\\b(?:request|message|prompt|response|answer|query) (?:was|has been|is) (?:blocked|flagged|filtered|rejected) (?:by|due to|because)`,
    ],
  },
  ...nonAnswers,
  ...refusalsByLanguage,
];
/** "I can't help but notice", "I cannot recommend it enough": idioms of the same words. */
const idioms = `can(?:'t|not) help (?:but|feeling|thinking|wondering)`;

const opening = `replaceAll(lowerUTF8(substring(o, 1, ${OPENING})), '’', '\\'')`;

const fits = ({ needs, patterns }: Patterns) => {
  const pattern = `match(${opening}, ${textOf(patterns.join('|'))})`;
  return needs === null ? pattern : `multiSearchAny(${opening}, ${textList(needs)}) and ${pattern}`;
};

/**
 * Whether an answer declines to do what was asked, or says that nothing was found to answer with. The quick look is at bytes, for all signs in one pass; only where it finds one
 * is the text tidied: of `and` and `or` the engine asks the rest of no row that is decided, of `if` it does. One pattern of all
 * languages took a quarter of the time of loading a log, most of it to be compiled.
 */
export const refusal = `(multiMatchAny(lower(substring(o, 1, ${OPENING})), ${textList(signs)}) and (${refusals.map(fits).join(' or ')}) and not match(${opening}, ${textOf(idioms)}))`;

/** Words so common that a few lines hold some. */
const stopWords: Record<string, readonly string[]> = {
  en: ['the', 'and', 'is', 'to', 'of', 'that', 'you', 'for'],
  de: ['der', 'die', 'und', 'ist', 'nicht', 'das', 'sie', 'für'],
  fr: ['le', 'les', 'et', 'est', 'une', 'vous', 'pour', 'des'],
  es: ['el', 'los', 'y', 'es', 'una', 'que', 'para', 'del'],
  it: ['il', 'di', 'che', 'è', 'per', 'una', 'non', 'sono'],
  pt: ['o', 'os', 'e', 'não', 'uma', 'para', 'você', 'em'],
  nl: ['de', 'het', 'een', 'en', 'van', 'niet', 'voor', 'je'],
};
/** Words of short questions, in the order of the languages above; an answer seldom holds them. */
const questionWords: Record<string, readonly string[]> = {
  en: ['how', 'my', 'can', 'what', 'i', 'please'],
  de: ['wie', 'ich', 'kann', 'meine', 'bitte', 'warum'],
  fr: ['comment', 'je', 'mon', 'ma', 'pourquoi', 'puis'],
  es: ['cómo', 'mi', 'puedo', 'cuándo', 'dónde', 'quiero'],
  it: ['posso', 'mio', 'mia', 'perché', 'dove', 'vorrei'],
  pt: ['meu', 'minha', 'posso', 'onde', 'quero', 'como'],
  nl: ['hoe', 'ik', 'kan', 'mijn', 'waarom', 'graag'],
};
const scripts: Record<string, string> = {
  ja: '[\\p{Hiragana}\\p{Katakana}]',
  zh: '\\p{Han}',
  ko: '\\p{Hangul}',
  ru: '\\p{Cyrillic}',
  ar: '\\p{Arabic}',
  he: '\\p{Hebrew}',
  el: '\\p{Greek}',
  hi: '\\p{Devanagari}',
  th: '\\p{Thai}',
};

const names = Object.keys(stopWords);
const wordsOf = {
  output: Object.values(stopWords),
  input: names.map((name) => [...stopWords[name]!, ...questionWords[name]!]),
};
const inEach = (words: readonly (readonly string[])[]) =>
  words.map((list, i) => {
    const from = 1 + words.slice(0, i).flat().length;
    return `arrayCount(at -> at > 0, arraySlice(found, ${from}, ${list.length}))`;
  });
const likeliest = `if(arrayMax(hits) < 2, '', arrayElement(${textList(names)}, indexOf(hits, arrayMax(hits))))`;

const anyScript = `[${Object.values(scripts)
  .map((script) => script.replaceAll(/[[\]]/g, ''))
  .join('')}]`;

/** Language of a column by script, else by stop words; empty when it is shorter than `least` bytes, or cannot be told. */
export function languageOf(column: 'input' | 'output', least = 40): string {
  const start = `substringUTF8(${column}, 1, 400)`;
  const spaced = `concat(' ', replaceRegexpAll(lowerUTF8(${start}), '[^\\\\p{L}\\\\p{M}]+', ' '), ' ')`;
  // One search for all words of all languages; a list per language, split into words, would take seven times the texts in memory.
  const places = `multiSearchAllPositions(${spaced}, ${textList(wordsOf[column].flat().map((word) => ` ${word} `))})`;
  // A list of one, walked through, stands for a variable: the search is written, and run, once.
  const byWords = `arrayElement(arrayMap(hits -> ${likeliest}, arrayMap(found -> [${inEach(wordsOf[column]).join(', ')}], [${places}])), 1)`;
  const byScript = Object.entries(scripts).map(([name, script]) => `match(${start}, ${textOf(script)}), '${name}'`);
  return `multiIf(length(${column}) < ${least}, '', match(${start}, ${textOf(anyScript)}), multiIf(${byScript.join(', ')}, ''), ${byWords})`;
}
