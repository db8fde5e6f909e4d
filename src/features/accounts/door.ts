import type { Actor } from '../../platform/access.ts';
import { SECOND_MS, type Clock } from '../../platform/clock.ts';
import type { Records } from '../../stores/index.ts';
import { closeClient, deleteClient, renameClient } from './operations/clients.ts';
import { revokeKey, revokePracticeKey } from './operations/keys.ts';
import { hashOf, kindOf } from './secret.ts';
import { findValidKey, findValidPracticeKey, setKeyUsed, setPracticeKeyUsed } from './store.ts';

/** How long a key that another process revoked may still be let in. */
const KEPT_MS = 5 * SECOND_MS;
const MOST_KEPT = 10_000;

/** Who is let in. */
export interface Door {
  /** Whose key it is. Nothing: it is unknown, revoked or expired. */
  admit(key: string): Promise<Actor | undefined>;
  /** An operation wrote. After some of them it is asked for anew whose a key is. */
  written(operation: string): void;
}

interface Admitted {
  actor: Actor;
  untilMs: number;
}

const endsKeys = new Set<string>([revokeKey, revokePracticeKey, closeClient, deleteClient, renameClient].map(({ name }) => name));

/** Looks keys up by their hash, and remembers for a few seconds whom it let in. Who was refused is not remembered. */
export function openDoor(records: Pick<Records, 'behind'>, now: Clock): Door {
  const kept = new Map<string, Admitted>();
  let ends = 0;
  return {
    written(operation) {
      if (!endsKeys.has(operation)) return;
      ends += 1;
      kept.clear();
    },
    async admit(key) {
      const kind = kindOf(key);
      if (!kind) return undefined;
      const hash = hashOf(key);
      const name = hash.toString('base64');
      const atMs = now().getTime();
      const known = kept.get(name);
      if (known && atMs < known.untilMs) return known.actor;

      kept.delete(name);
      const before = ends;
      const found = await (kind === 'client' ? admitClient : admitPractice)(records, hash, now());
      if (!found) return undefined;
      // It may have been ended while it was asked for.
      if (before !== ends) return found.actor;
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(name, { actor: found.actor, untilMs: Math.min(atMs + KEPT_MS, found.untilMs) });
      return found.actor;
    },
  };
}

/** Many keys have the same name: the trail says which one it was. */
const calledBy = ({ name, ending }: { name: string; ending: string | null }) => (ending === null ? name : `${name} (…${ending})`);

const admitClient = (records: Pick<Records, 'behind'>, hash: Buffer, at: Date): Promise<Admitted | undefined> =>
  records.behind({ client: null, does: 'write' }, async (sql) => {
    const found = await findValidKey(sql, hash, at);
    if (!found) return undefined;
    const { id, clientId, clientName, scopes, expiresAt, stale } = found;
    if (stale) await setKeyUsed(sql, clientId, id, at);
    return {
      actor: { kind: 'key', id, name: calledBy(found), scopes, client: { id: clientId, name: clientName } },
      untilMs: expiresAt.getTime(),
    };
  });

const admitPractice = (records: Pick<Records, 'behind'>, hash: Buffer, at: Date): Promise<Admitted | undefined> =>
  records.behind({ client: null, does: 'write' }, async (sql) => {
    const found = await findValidPracticeKey(sql, hash, at);
    if (!found) return undefined;
    await setPracticeKeyUsed(sql, found.id, at);
    return {
      actor: { kind: 'key', id: found.id, name: calledBy(found), scopes: ['admin'], client: null },
      untilMs: found.expiresAt.getTime(),
    };
  });
