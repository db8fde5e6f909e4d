import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, type Clock } from '../../platform/clock.ts';
import type { Records } from '../../stores/index.ts';
import { MOST_DAYS } from './model.ts';
import { renewOwnerLink, type Link } from './links.ts';
import { endingOf, hashOf, kindOf, makeKey, makeToken } from './secret.ts';
import { hasOwner, insertPractice, insertPracticeKey, findValidPracticeKey } from './store.ts';

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
 * does not fit these stores or soon expires is replaced: whoever has the data directory has everything anyway. Answers the file,
 * and the link by which the owner sets up their account, as long as there is none.
 */
export async function prepareAccounts(
  records: Pick<Records, 'behind'>,
  dataDir: string,
  now: Clock,
): Promise<{ ownerKeyFile: string; ownerLink: Link | undefined }> {
  const file = ownerKeyFile(dataDir);
  const ownerLink = await records.behind({ client: null, does: 'write' }, async (sql) => {
    const at = now();
    await insertPractice(sql, 'Practice', at);
    const present = ownerKeyOf(dataDir) ?? '';
    const soon = new Date(at.getTime() + RENEW_DAYS * DAY_MS);
    if (!(kindOf(present) === 'practice' && (await findValidPracticeKey(sql, hashOf(present), soon)))) {
      const key = makeKey('practice');
      const expiresAt = new Date(at.getTime() + MOST_DAYS * DAY_MS);
      await insertPracticeKey(sql, { name: 'owner.key', hash: hashOf(key), ending: endingOf(key), at, expiresAt });
      // Should the commit fail, the next start replaces it.
      writeSecret(file, key);
    }
    return (await hasOwner(sql)) ? undefined : renewOwnerLink(sql, at);
  });
  chmodSync(file, 0o600);
  return { ownerKeyFile: file, ownerLink };
}

/** A file that nobody else could ever read, in place at once. */
function writeSecret(file: string, secret: string) {
  writeFileSync(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What can be told to others of the secret: that it is the same. */
export const markOf = (secret: string): Buffer => createHmac('sha256', secret).update('steward process').digest().subarray(0, 16);

const secretFile = (dataDir: string) => join(dataDir, 'session.secret');

/** The file that holds it; nothing when it is a setting. */
export const secretFileOf = (dataDir: string, given: string | undefined) =>
  given === undefined ? secretFile(dataDir) : undefined;

/** What signs the cookies of people. Several processes must share one: STEWARD_SECRET; alone, a file does. */
export function sessionSecretOf(dataDir: string, given: string | undefined): string {
  if (given !== undefined) return given;
  const file = secretFile(dataDir);
  if (!existsSync(file)) writeSecret(file, makeToken());
  return readFileSync(file, 'utf8').trim();
}
