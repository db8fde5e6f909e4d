import { createAdapterFactory, type CustomAdapter } from '@better-auth/core/db/adapter';
import { z } from 'zod';
import type { Sql } from '../../../platform/sql.ts';
import type { Records } from '../../../stores/index.ts';
import { assignments, joined, matching, named, Piece, piece } from './statement.ts';
import { columnOf, fromRow, tableOf } from './tables.ts';

const config = {
  adapterId: 'steward',
  adapterName: 'Steward',
  supportsNumericIds: false,
  supportsUUIDs: false,
  supportsJSON: false,
  supportsDates: true,
  supportsBooleans: true,
  supportsArrays: false,
} as const;

const wall = { client: null, does: 'write' } as const;
type Within = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;
type Adapter = ReturnType<ReturnType<typeof createAdapterFactory>>;

/** Where the sign-in library keeps its rows: behind the practice's wall, as everything else that is the practice's own. */
export function signInStore(records: Pick<Records, 'behind'>) {
  const behind: Within = (work) => records.behind(wall, work);
  const store = (options: Parameters<ReturnType<typeof createAdapterFactory>>[0]): Adapter =>
    createAdapterFactory({
      config: {
        ...config,
        transaction: (work) =>
          behind((sql) =>
            work(
              createAdapterFactory({ config: { ...config, transaction: false }, adapter: () => methods((run) => run(sql)) })(
                options,
              ),
            ),
          ),
      },
      adapter: () => methods(behind),
    })(options);
  return store;
}

const Row = z.record(z.string(), z.unknown());

function methods(within: Within): CustomAdapter {
  const rows = (statement: Piece) =>
    within((sql) => sql.rows(Row)(statement.text as unknown as TemplateStringsArray, ...statement.values));
  const all = async <T>(statement: Piece) => (await rows(statement)).map(fromRow) as T[];
  const first = async <T>(statement: Piece) => (await all<T>(statement))[0] ?? null;
  const counted = async (statement: Piece) => (await rows(statement)).length;
  const table = (model: string) => named(tableOf(model));

  return {
    create: async ({ model, data }) => {
      const names = joined(
        Object.keys(data).map((field) => named(columnOf(field))),
        ', ',
      );
      const values = joined(
        Object.values(data).map((value) => piece`${value}`),
        ', ',
      );
      return (await first(piece`insert into ${table(model)} (${names}) values (${values}) returning *`))!;
    },
    findOne: ({ model, where }) => first(piece`select * from ${table(model)}${matching(where)} limit 1`),
    findMany: ({ model, where, limit, offset, sortBy }) => {
      const order = sortBy
        ? piece` order by ${named(columnOf(sortBy.field))} ${new Piece([sortBy.direction === 'desc' ? 'desc' : 'asc'])}`
        : new Piece(['']);
      return all(piece`select * from ${table(model)}${matching(where)}${order} limit ${limit} offset ${offset ?? 0}`);
    },
    update: ({ model, where, update }) =>
      first(piece`update ${table(model)} set ${assignments(update as Record<string, unknown>)}${matching(where)} returning *`),
    updateMany: ({ model, where, update }) =>
      counted(piece`update ${table(model)} set ${assignments(update)}${matching(where)} returning id`),
    delete: async ({ model, where }) => {
      await rows(piece`delete from ${table(model)}${matching(where)} returning id`);
    },
    deleteMany: ({ model, where }) => counted(piece`delete from ${table(model)}${matching(where)} returning id`),
    // Of many that come at once with the same row in mind, one gets it.
    consumeOne: ({ model, where }) =>
      first(
        piece`delete from ${table(model)} where id = (select id from ${table(model)}${matching(where)} limit 1 for update) returning *`,
      ),
    incrementOne: ({ model, where, increment, set = {} }) => {
      const added = Object.entries(increment).map(([field, by]) => {
        const column = named(columnOf(field));
        return piece`${column} = coalesce(${column}, 0) + ${by}`;
      });
      const changes = [...added, ...(Object.keys(set).length > 0 ? [assignments(set)] : [])];
      return first(piece`update ${table(model)} set ${joined(changes, ', ')}${matching(where)} returning *`);
    },
    count: ({ model, where }) => counted(piece`select id from ${table(model)}${matching(where)}`),
  };
}
