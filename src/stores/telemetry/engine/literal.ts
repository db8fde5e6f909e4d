/**
 * Any bytes as a ClickHouse string literal made of letters, digits and `\x..` only: no quote, line end or NUL of the value
 * ever stands in SQL text, so there is nothing in it to be parsed as SQL.
 */
export function literal(value: string): string {
  const escaped = value.replace(/[^A-Za-z0-9]+/g, (run) =>
    Array.from(Buffer.from(run), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `'${escaped}'`;
}
