/** What charts are written in. */
export const font = { fontFamily: 'Inter, ui-sans-serif, system-ui, sans-serif', fontSize: 12 };

// Typst draws pictures with the shipped fonts only, and does not end where a mark is in none of them. Its caption holds the words.
export const inFont = (label: string) =>
  label.replace(/\p{M}/gu, '').replace(/[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]/gu, '·');
