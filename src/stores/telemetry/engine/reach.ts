// What the engine's grants do not cover, because it is done before or beside them (chDB 26.7, each with a test):
// files of INSERT … FROM INFILE and SELECT … INTO OUTFILE; a table that writes to any path; and disks made in a statement, of
// which one may be a web server.
const words = ['infile', 'outfile'];
const calls = ['disk', 'embeddedrocksdb'];
// The function of that name, called or passed on, and the parameter that can stand for its name.
const whereNoFiles = ['file', 'identifier'];

const piece =
  /[\t-\r ]+|'[^'\\]*(?:\\.[^'\\]*)*'|--[^\n]*|\/\*.*?\*\/|(?<quoted>`[^`\\]*(?:\\.[^`\\]*)*`|"[^"\\]*(?:\\.[^"\\]*)*")|(?<word>\w+)|(?<mark>[()[\]{}<>,.;:=!+*%|&?@^~-]|\/(?!\/))|(?<unclear>.)/gs;

/**
 * Why a text may not go to an engine that works on its own tables (and, with `readsFiles`, on files through the function
 * `file`); nothing when it may. Only what ClickHouse surely reads as we do is let through: what is neither quoted, a word,
 * nor plain punctuation, as other kinds of quotes, of spaces and of comments, is refused.
 */
export function reachesOut(sql: string, { readsFiles }: { readsFiles: boolean }): string | undefined {
  const forbidden = readsFiles ? [...words, ...calls] : [...words, ...calls, ...whereNoFiles];
  let called: string | undefined;
  for (const { groups = {} } of sql.matchAll(piece)) {
    const { quoted, word, mark, unclear } = groups;
    if (unclear !== undefined) return `${JSON.stringify(unclear)} may stand in quotes only`;
    if (mark === '(' && called !== undefined) return `${called} is not for statements here`;
    // Spaces and comments may stand between a name and its bracket.
    if ((quoted ?? word ?? mark) !== undefined) called = undefined;
    // A word behind digits, as in 1e5file, may be one of its own.
    if (word !== undefined && forbidden.some((name) => (/^\d/.test(word) ? word.toLowerCase().endsWith(name) : is(word, name))))
      return `${word} is not for statements here`;
    if (quoted === undefined) continue;
    // `\x66ile` is `file`.
    if (/\\[^\\`"]/.test(quoted.replaceAll('\\\\', ''))) return `a quoted name may not be spelled as ${quoted} is`;
    const name = quoted.slice(1, -1);
    if (!readsFiles && forbidden.some((other) => is(name, other))) return `${quoted} is not for statements here`;
    // A log may have a column of any name.
    if (calls.some((other) => is(name, other))) called = quoted;
  }
  return undefined;
}

const is = (word: string, name: string) => word.toLowerCase() === name;
