import type { z } from 'zod';

/** A way to ask the record store: the pool, or one transaction of it. */
export interface Sql {
  /**
   * Runs one statement: `` rows(Shape)`select … where id = ${id}` ``. Values are bound, never part of the SQL; each row that
   * comes back is parsed by the shape. Throws `Problem` `unavailable` when PostgreSQL went away: a write may or may not
   * have been done then.
   */
  rows<S extends z.ZodType>(shape: S): (sql: TemplateStringsArray, ...values: unknown[]) => Promise<z.output<S>[]>;
  /** Runs the work in one transaction, rolled back when it throws; joins the one already open. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}
