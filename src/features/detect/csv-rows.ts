/** One line of a CSV file, its cells unquoted. A quoted cell may hold separators and line breaks. */
export interface CsvRow {
  /** Line in the file, the first being 1. */
  line: number;
  cells: string[];
}

/** Reads CSV with commas, semicolons or tabs, whichever the first line has most of. Blank lines are left out. */
export function csvRows(text: string): CsvRow[] {
  const separator = separatorOf(text.slice(0, text.indexOf('\n') + 1 || undefined));
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let [cell, quoted, line] = ['', false, 1];
  const endRow = () => {
    row.cells.push(cell.trim());
    if (row.cells.some((value) => value !== '')) rows.push(row);
    cell = '';
    row = { line: line + 1, cells: [] };
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted && character === '"' && text[i + 1] === '"') cell += text[++i];
    else if (character === '"' && (quoted || cell.trim() === '')) quoted = !quoted;
    else if (!quoted && character === separator) {
      row.cells.push(cell.trim());
      cell = '';
    } else if (!quoted && character === '\n') endRow();
    else cell += character;
    if (character === '\n') line++;
  }
  endRow();
  return rows;
}

function separatorOf(line: string): string {
  const count = (separator: string) => line.split(separator).length;
  // On a line without a header "01.02.2026;100,5" has one of each.
  return [';', '\t', ','].reduce((best, next) => (count(next) > count(best) ? next : best));
}
