import { closedHandles, type Client, type Handles, type Practice } from '../../platform/practice.ts';
import { conflict } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql.ts';
import type { Records, Stores } from '../../stores/index.ts';
import { forgetClient, walledIntake, walledRemoval, walledTelemetry } from '../../stores/telemetry/index.ts';
import { writeTurns } from './write-turns.ts';
import { findClient, insertAuditEntry, listClientRefs } from './store.ts';

/** The practice that is kept in these stores. `written` is called when a verb, which it names, wrote, before anybody is told so. */
export function openPractice(
  stores: Pick<
    Stores,
    'records' | 'telemetry' | 'spool' | 'seen' | 'shapes' | 'walled' | 'refusals' | 'usages' | 'register' | 'changes' | 'cut'
  >,
  written: (operation: string) => void = () => undefined,
): Practice {
  const { records, telemetry, walled } = stores;
  const handles = (client: Client | null, sql: Sql): Handles => ({
    ...closedHandles,
    records: sql,
    telemetry: walledTelemetry(telemetry, client?.id ?? null, walled),
  });
  const receiving = (client: Client) => walledIntake(stores, client.id);
  const inTurn = writeTurns();
  const writing = (client: Client) => ({ intake: receiving(client), removal: walledRemoval(stores, client.id) });
  return {
    findClient: (named) => records.behind({ client: null, does: 'read' }, (sql) => findClient(sql, named)),
    clients: () => records.behind({ client: null, does: 'read' }, listClientRefs),
    reading: (client) => handles(client, readingSql(records, client)),
    receiving,
    forgetAside: (client, before, unsaid) => stores.spool.forgetAside(client, before, unsaid),
    noting: (client, work) => records.behind({ client: client?.id ?? null, does: 'write' }, work),
    cut: stores.cut,
    health: () => stores.spool.status(),
    processes: () => stores.register.processes(),
    async forget(client) {
      // It would be loaded after the rest had gone.
      if (stores.spool.bytesOf(client.id) > 0 || (await stores.register.bytesElsewhere(client.id)) > 0)
        throw conflict('Telemetry of the client is still on its way into the store. Try again once it is there.');
      await stores.changes.during(() => forgetClient(telemetry, client.id));
      await stores.spool.forgetAside(client.id, new Date(8.64e15));
    },
    writing(client, deed, work) {
      const write = () =>
        records
          .behind({ client: client?.id ?? null, does: 'write' }, async (sql) => {
            const answer = await work({ ...handles(client, sql), ...(client && writing(client)) });
            await insertAuditEntry(sql, client?.id ?? null, deed);
            return answer;
          })
          .finally(() => written(deed.operation));
      return client ? inTurn(client.id, deed.lasts === true, write) : write();
    },
  };
}

/** Each question is a transaction of its own, so that a verb which waits for telemetry holds no connection. */
function readingSql(records: Pick<Records, 'behind'>, client: Client | null): Sql {
  const wall = { client: client?.id ?? null, does: 'read' } as const;
  return {
    rows:
      (shape) =>
      (text, ...values) =>
        records.behind(wall, (sql) => sql.rows(shape)(text, ...values)),
    transaction: (work) => records.behind(wall, work),
  };
}
