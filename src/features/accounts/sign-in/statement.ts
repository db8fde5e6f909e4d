import type { CleanedWhere } from '@better-auth/core/db/adapter';
import { columnOf } from './tables.ts';

/** SQL with its values kept apart, in pieces that can be put together. */
export class Piece {
  readonly text: readonly string[];
  readonly values: readonly unknown[];

  constructor(text: readonly string[], values: readonly unknown[] = []) {
    this.text = text;
    this.values = values;
  }
}

/** `` piece`… ${value} …` ``: a value is bound, another piece is put in. */
export function piece(strings: TemplateStringsArray, ...parts: unknown[]): Piece {
  return joined(strings.flatMap((text, at) => [new Piece([text]), ...(at < parts.length ? [asPiece(parts[at])] : [])]));
}

const asPiece = (part: unknown) => (part instanceof Piece ? part : new Piece(['', ''], [part]));

/** A name that is part of the SQL. Only ever out of the lists of tables.ts. */
export const named = (name: string) => new Piece([`"${name}"`]);

export function joined(pieces: readonly Piece[], between = ''): Piece {
  const text = [''];
  const values: unknown[] = [];
  pieces.forEach((one, at) => {
    text.push(`${text.pop()}${at > 0 ? between : ''}${one.text[0]}`, ...one.text.slice(1));
    values.push(...one.values);
  });
  return new Piece(text, values);
}

const comparisons = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function condition({ field, operator, value }: CleanedWhere): Piece {
  const column = named(columnOf(field));
  if (value === null) return operator === 'ne' ? piece`${column} is not null` : piece`${column} is null`;
  if (operator === 'in') return piece`${column}::text = any(${value})`;
  if (operator === 'not_in') return piece`${column}::text <> all(${value})`;
  if (!Object.hasOwn(comparisons, operator))
    throw new Error(`The sign-in library compares by "${operator}", which it never did.`);
  return piece`${column} ${new Piece([comparisons[operator as keyof typeof comparisons]])} ${value}`;
}

/** ` where …`; all that are joined by AND hold, and one of those joined by OR. */
export function matching(where: readonly CleanedWhere[] | undefined): Piece {
  if (!where || where.length === 0) return new Piece(['']);
  const all = where.filter(({ connector }) => connector !== 'OR').map(condition);
  const some = where.filter(({ connector }) => connector === 'OR').map(condition);
  const conditions = [...all, ...(some.length > 0 ? [piece`(${joined(some, ' or ')})`] : [])];
  return piece` where ${joined(conditions, ' and ')}`;
}

/** `a = 1, b = 2`. */
export const assignments = (values: Record<string, unknown>): Piece =>
  joined(
    Object.entries(values).map(([field, value]) => piece`${named(columnOf(field))} = ${value}`),
    ', ',
  );
