import type { Pool } from 'pg';
import { Applied, pendingMigrations } from '../migrations.ts';
import { inTransaction } from './records.ts';
import { ensureRole } from './role.ts';

// Any number that nothing else on this database locks.
const lockKey = 7_305_241_190;

/**
 * Brings the tables up to date with the `.sql` files of a directory, in order, each in one transaction. One Steward at a time:
 * the others wait and find nothing to do. Answers the role that works behind walls. Throws `conflict` when a file that ran was edited, or one is unknown here.
 */
export async function migrateRecords(pool: Pool, dir: string, only?: readonly Applied[]): Promise<string | null> {
  let role: string | null = null;
  for (let isDone = false; !isDone;) {
    isDone = await inTransaction(pool, async (sql, client) => {
      // A large table takes its time, and whoever waits for another's migration waits as long.
      await client.query('set local statement_timeout = 0');
      await client.query(`select pg_advisory_xact_lock(${lockKey})`);
      await client.query(
        'create table if not exists migration (name text primary key, hash text not null, applied_at timestamptz not null default now())',
      );
      const [next] = pendingMigrations('record', dir, await sql.rows(Applied)`select name, hash from migration`, only);
      if (!next) {
        role = await ensureRole(client);
        return true;
      }
      await client.query(next.sql);
      // Not now(), which is when the transaction began to wait for its turn.
      await client.query('insert into migration (name, hash, applied_at) values ($1, $2, clock_timestamp())', [
        next.name,
        next.hash,
      ]);
      return false;
    });
  }
  return role;
}
