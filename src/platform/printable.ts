/** All that is no character to be seen, but for what holds letters of a script together. */
const UNPRINTABLE = /[^\P{C}\n\u00AD\u200C\u200D]/gu;

/** A text whose bytes do not steer a terminal: names of columns and files are a stranger's. Lines stay. */
export const printable = (text: string): string => text.replaceAll(UNPRINTABLE, '\uFFFD');

/** A value as JSON whose bytes do not steer a terminal, and which is read back the same. */
export const printableJson = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll(UNPRINTABLE, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
