import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, type Clock } from '../../platform/clock.ts';
import type { Records } from '../../stores/index.ts';
import { MOST_DAYS } from './model.ts';
import { hashOf, kindOf, makeKey } from './secret.ts';
import { insertPractice, insertPracticeKey, findValidPracticeKey } from './store.ts';

const RENEW_DAYS = 30;

/** Where the key of the practice lies for scripts of this machine. */
const ownerKeyFile = (dataDir: string) => join(dataDir, 'owner.key');

/** The key of the practice that lies in a data directory; nothing when none does. */
export function ownerKeyOf(dataDir: string): string | undefined {
  const file = ownerKeyFile(dataDir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/**
 * Makes the practice at the first start, and leaves a key of it in the data directory, for its owner alone. A key that was lost,
 * does not fit these stores or soon expires is replaced: whoever has the data directory has everything anyway. Answers the file.
 */
export async function prepareAccounts(records: Pick<Records, 'behind'>, dataDir: string, now: Clock): Promise<string> {
  const file = ownerKeyFile(dataDir);
  await records.behind({ client: null, does: 'write' }, async (sql) => {
    const at = now();
    await insertPractice(sql, 'Practice', at);
    const present = ownerKeyOf(dataDir) ?? '';
    const soon = new Date(at.getTime() + RENEW_DAYS * DAY_MS);
    if (kindOf(present) === 'practice' && (await findValidPracticeKey(sql, hashOf(present), soon))) return;
    const key = makeKey('practice');
    await insertPracticeKey(sql, {
      name: 'owner.key',
      hash: hashOf(key),
      at,
      expiresAt: new Date(at.getTime() + MOST_DAYS * DAY_MS),
    });
    // A file that nobody else could ever read, in place at once. Should the commit fail, the next start replaces it.
    writeFileSync(`${file}.new`, `${key}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  });
  chmodSync(file, 0o600);
  return file;
}
