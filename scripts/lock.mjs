// Run after every change of dependencies: `npm install && node scripts/lock.mjs`.
// A registry that lacks other platforms' binaries makes npm write a lock that names them without an entry, and `npm ci`
// then refuses the lock. Dropping those names mends it; scripts/setup.mjs installs without the lock on platforms it lacks.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
let dropped = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '' || !entry.optionalDependencies) continue;
  for (const name of Object.keys(entry.optionalDependencies)) {
    const found = lock.packages[`${path}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
    if (found?.version) continue;
    delete entry.optionalDependencies[name];
    dropped += 1;
  }
}
for (const [path, entry] of Object.entries(lock.packages)) if (path !== '' && !entry.version) delete lock.packages[path];
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: dropped ${dropped} names of packages that are not in it.`);
