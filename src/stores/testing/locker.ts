// Locks the directory of its first argument, says so, and holds it until it is killed.
import { lockDataDir } from '../lock.ts';

await lockDataDir(process.argv[2] ?? '');
console.log('held');
setInterval(() => undefined, 1000);
