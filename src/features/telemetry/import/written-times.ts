/** Times that the engine does not read as they stand: those of web servers, of letters, of spreadsheets. Pure, one set of rules for JavaScript and, as SQL, for every row. */

/** What zones are called where the name means one offset; IST and BST mean several. */
const zones: Record<string, string> = {
  PST: '-08:00',
  PDT: '-07:00',
  MST: '-07:00',
  MDT: '-06:00',
  CST: '-06:00',
  CDT: '-05:00',
  EST: '-05:00',
  EDT: '-04:00',
  WEST: '+01:00',
  CET: '+01:00',
  CEST: '+02:00',
  MEZ: '+01:00',
  MESZ: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
  MSK: '+03:00',
  SGT: '+08:00',
  HKT: '+08:00',
  JST: '+09:00',
  KST: '+09:00',
  AEST: '+10:00',
  AEDT: '+11:00',
};

const months: Record<string, string> = {
  Jan: 'januar|jänner|janvier|janv|enero|ene|gennaio|gen|janeiro|januari',
  Feb: 'februar|février|févr|febrero|febbraio|fevereiro|fev|februari',
  Mar: 'märz|mrz|mär|mars|marzo|março|maart|mrt',
  Apr: 'avril|avr|abril|abr|aprile',
  May: 'mai|mayo|maggio|mag|maio|mei',
  Jun: 'juni|juin|junio|giugno|giu|junho',
  Jul: 'juli|juillet|juil|julio|luglio|lug|julho',
  Aug: 'août|agosto|ago|augustus',
  Sep: 'septembre|septiembre|settembre|setembro|sept',
  Oct: 'oktober|okt|octobre|octubre|ottobre|ott|outubro|out',
  Nov: 'novembre|noviembre|novembro',
  Dec: 'dezember|dez|décembre|déc|diciembre|dic|dicembre|dezembro',
};

const date = '(\\d{4})(\\d{2})(\\d{2})';

type Rule = readonly [pattern: string, by: string];
/** Rules that are tried only where a text asks for it: each costs every row. */
interface Some {
  where: string;
  rules: readonly Rule[];
}

const MONTHS: Some = {
  where: '^\\d{1,2} \\p{L}',
  rules: Object.entries(months).map(([month, names]) => [`^(\\d{1,2}) (?:${names}) `, `$1 ${month} `] as const),
};
const ZONES: Some = {
  where: '[a-z][dst][tz]\\)?$',
  rules: Object.entries(zones).map(([zone, offset]) => [`(\\d|[ap]m) *\\(?${zone}\\)?$`, `$1 ${offset}`] as const),
};

/** Patterns that both engines understand, without regard to case, and what stands there instead. */
const rules: readonly (Rule | Some)[] = [
  ['^\\s*\\[?\\s*([^\\]]*?)\\s*\\]?\\s*$', '$1'],
  // Java's zone behind the offset, Python's comma before the milliseconds.
  ['^(.+)\\[[^\\]]*\\]$', '$1'],
  ['(\\d),(\\d)', '$1.$2'],
  // Digits without anything between them.
  [`^${date}[T_ -]?(\\d{2})(\\d{2})(\\d{2})[.]?(\\d{1,9})(Z?)$`, '$1-$2-$3 $4:$5:$6.$7$8'],
  [`^${date}[T_ -]?(\\d{2})(\\d{2})(\\d{2})(Z?)$`, '$1-$2-$3 $4:$5:$6$7'],
  [`^${date}$`, '$1-$2-$3'],
  // Web servers: 02/Mar/2026:00:03:25 +0000.
  ['^(\\d{1,2})[/ -]([a-z]{3,9})[/ -](\\d{4})[: ](\\d)', '$1 $2 $3 $4'],
  // The zone before the year, as `date` prints it.
  ['^[a-z]{3} ([a-z]{3} +\\d{1,2}) ([\\d:.]+) ([A-Z]{2,5}|[+-]\\d{4}) (\\d{4})$', '$1 $4 $2 $3'],
  // Letters: "2. März 2026 um 14 Uhr 03", "2 de marzo de 2026 a las 14:03", "Mar 02, 2026 at 2:03 PM".
  ['^(?:\\p{L}{2,10}[.,]+ +)?(\\d{1,2})(?:\\.|º|er)? +(?:de +)?(\\p{L}{3,12})\\.?(?: +de)?,? +(\\d{4})', '$1 $2 $3'],
  MONTHS,
  ['^(.*\\d{4}),? +(?:at|um|à|às|om|alle|a las|-) +(\\d)', '$1 $2'],
  ['^(.*\\d{4}), +(\\d)', '$1 $2'],
  [' (\\d{1,2}) ?(?:Uhr|h) ?(\\d{2})', ' $1:$2'],
  [' ?Uhr$', ''],
  ['([ap])\\.m\\.', '$1m'],
  ZONES,
];

const isSome = (rule: Rule | Some): rule is Some => 'where' in rule;
const replacer = ([pattern, by]: Rule) => {
  const looked = new RegExp(pattern, 'iu');
  return (text: string) => text.replace(looked, by);
};
const steps = rules.flatMap((rule) => (isSome(rule) ? rule.rules.map(replacer) : [replacer(rule)]));

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?: ?[ap]m)?(?: ?(?:z|utc|gmt|[+-]\\d{2}:?\\d{2}))?';
const DAY = `20\\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])|\\d{1,2} ${MONTH} \\d{4}|(?:[a-z]{3,9},? )?${MONTH} +\\d{1,2},? \\d{4}`;
const PLAIN = new RegExp(`^(?:${DAY})(?:[ T]+${CLOCK})?$`, 'i');

/** A time as the engine reads it; of what is no such time nothing. */
export function rewritten(value: string): string | null {
  if (value.length > 60 || !/20\d\d/.test(value)) return null;
  const text = steps.reduce((now, step) => step(now), value);
  return PLAIN.test(text) ? text : null;
}

/** Whether a time must be rewritten before the engine reads it. */
export const mustBeRewritten = (value: string) => ![null, value.trim()].includes(rewritten(value));

/** The same as SQL, over a text that is not NULL. */
export const rewrittenSql = (text: string) =>
  rules.reduce(
    (now, rule) =>
      isSome(rule)
        ? `if(match(${now}, ${quoted(`(?i)${rule.where}`)}), ${rule.rules.reduce(replacing, now)}, ${now})`
        : replacing(now, rule),
    text,
  );

const replacing = (text: string, [pattern, by]: Rule) =>
  `replaceRegexpOne(${text}, ${quoted(`(?i)${pattern}`)}, ${quoted(by.replaceAll('$', '\\'))})`;

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What the names of zones in some times were taken for. */
export function zonesIn(values: readonly string[]): string[] {
  const named = new Set(values.flatMap((value) => /\b([A-Z]{3,4})\)?(?: \d{4})?\s*$/.exec(value)?.[1] ?? []));
  return [...named].filter((zone) => zone in zones).map((zone) => `"${zone}" is ${zones[zone]}`);
}

/** Days since 1900, as spreadsheets count them, from 2001 to 2100; most with a time of day. */
export function areSerialDays(values: readonly string[]): boolean {
  const days = values.map(Number);
  const fits = days.filter((day) => day >= 36_892 && day < 73_051);
  return fits.length >= 0.9 * values.length && fits.filter((day) => !Number.isInteger(day)).length >= fits.length / 2;
}

/** Days until 1970. */
const DAYS_BEFORE_1970 = 25_569;

export const serialDaySql = (text: string) =>
  `fromUnixTimestamp64Milli(toInt64OrNull(toString(round((toFloat64OrNull(${text}) - ${DAYS_BEFORE_1970}) * 86400000))), 'UTC')`;
