/** A text whose bytes do not steer a terminal: names of columns and files are a stranger's. Lines stay. */
export const printable = (text: string): string => text.replaceAll(/[^\P{C}\n]/gu, '\uFFFD');
