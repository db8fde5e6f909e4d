import { existsSync, readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { shippedPrograms } from '../records/binaries.ts';
import { startPostgres } from '../records/postgres.ts';
import { startEngine } from '../telemetry/engine.ts';
import { makePrivateDir } from '../private.ts';
import { quiet } from './temp.ts';

/** Stores as somebody else runs them: a PostgreSQL and a ClickHouse, each reached by its address. */
export interface OutsideStores extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly clickhouseUrl: string;
  /** Of which PostgreSQL it is. */
  readonly programs: string;
}

/** The machine's own PostgreSQL where there is one, else the one that comes with Steward, as a server of its own. */
export async function startOutsideStores(dir: string): Promise<OutsideStores> {
  const programs = installedPostgres() ?? shippedPrograms();
  const [postgres, engine] = await Promise.all([startPostgres(join(dir, 'postgres'), quiet, { programs }), engineIn(dir)]);
  const sockets = new Set<Socket>();
  // Steward is to see a server on the network.
  const proxy = createServer((from) => {
    const to = connect(engine.socketPath);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    programs,
    databaseUrl: `postgresql://steward@localhost/postgres?host=${encodeURIComponent(postgres.socketDir)}`,
    clickhouseUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([postgres.stop(), engine.close()]);
    },
  };
}

function engineIn(dir: string) {
  const home = join(dir, 'clickhouse');
  makePrivateDir(home);
  return startEngine({ dir: home, readsFiles: false, fsync: true, memoryBytes: 1_000_000_000 }, quiet);
}

/** Debian's, the newest. */
function installedPostgres(): string | undefined {
  const home = '/usr/lib/postgresql';
  if (!existsSync(home)) return undefined;
  const newest = readdirSync(home).toSorted((a, b) => Number(b) - Number(a))[0];
  const programs = newest && join(home, newest, 'bin');
  return programs && existsSync(join(programs, 'initdb')) ? programs : undefined;
}
