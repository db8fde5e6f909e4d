export interface Row {
  what: string;
  figure: number;
  required: string;
  /** Null when nothing is required. */
  met: boolean | null;
  digits: number;
}

/** A figure beside what is required of it. */
export function row(what: string, figure: number, sign: '≥' | '≤' | '', bound: number | null, digits: number): Row {
  const met = bound === null ? null : sign === '≥' ? figure >= bound : figure <= bound;
  return { what, figure, required: bound === null ? '' : `${sign} ${bound}`, met, digits };
}

export const table = (rows: readonly Row[]): string =>
  rows
    .map(({ what, figure, required, met, digits }) => {
      const mark = met === null ? '' : met ? 'met' : 'NOT MET';
      return `  ${what.padEnd(38)} ${figure.toFixed(digits).padStart(8)}   ${required.padEnd(8)} ${mark}`.trimEnd();
    })
    .join('\n');
