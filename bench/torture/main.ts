/**
 * `npm run torture -- [what] [count]`: what is acknowledged survives, at length. Without arguments everything is done.
 *   stores  kill -9 of each process while a writer inserts (100 kills each)
 *   kills   kill -9 of Steward, ClickHouse and PostgreSQL while an exporter sends (500 kills)
 *   together kill -9 of one of four processes on the same PostgreSQL and ClickHouse while an exporter sends (100 kills)
 *   outage  ClickHouse stands still for a minute while an exporter sends (60 seconds)
 *   fuzz    hostile requests over HTTP (2,000,000)
 */
import { fuzzServer } from './fuzz.ts';
import { killServer, stopStore } from './server.ts';
import { killStores } from './stores.ts';
import { killTogether } from './together.ts';

const all: Record<string, { run: (count: number) => Promise<boolean>; count: number }> = {
  stores: { run: killStores, count: 100 },
  kills: { run: killServer, count: 500 },
  together: { run: killTogether, count: 100 },
  outage: { run: stopStore, count: 60 },
  fuzz: { run: fuzzServer, count: 2_000_000 },
};

const [what, count] = process.argv.slice(2);
const chosen = what && !all[what] ? undefined : what ? [what] : Object.keys(all);
if (!chosen) {
  console.error(`There is no torture "${what}". Choose ${Object.keys(all).join(', ')}, or nothing for all.`);
  process.exit(1);
}
let held = true;
for (const name of chosen) {
  console.log(`\n${name}`);
  held = (await all[name]!.run(Number(count ?? all[name]!.count))) && held;
}
console.log(held ? '\nNothing that was acknowledged is missing.' : '\nSomething did not hold: see above.');
process.exit(held ? 0 : 1);
