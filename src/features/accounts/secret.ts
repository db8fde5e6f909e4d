import { createHash, randomBytes } from 'node:crypto';

/** Whose a key is can be read off it: `stwc_…` is a client's, `stwp_…` the practice's. */
export type KeyKind = 'client' | 'practice';
const prefixes: Record<KeyKind, string> = { client: 'stwc_', practice: 'stwp_' };

const RANDOM_BYTES = 20;
const CHECK_LENGTH = 8;
const form = /^(stwc|stwp)_[\da-f]{48}$/;

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const checkOf = (body: string) => sha256(body).toString('hex').slice(0, CHECK_LENGTH);

/** A new key: prefix, 160 random bits, and a checksum by which a mistyped or made-up key is known without a look-up. */
export function makeKey(kind: KeyKind): string {
  const body = prefixes[kind] + randomBytes(RANDOM_BYTES).toString('hex');
  return body + checkOf(body);
}

/** Whose a key is by its looks; nothing when it is none of ours. */
export function kindOf(key: string): KeyKind | undefined {
  if (!form.test(key) || checkOf(key.slice(0, -CHECK_LENGTH)) !== key.slice(-CHECK_LENGTH)) return undefined;
  return key.startsWith(prefixes.client) ? 'client' : 'practice';
}

/** By what its holder knows it again among others; too little to guess the rest from. */
export const endingOf = (key: string) => key.slice(-4);

/** What is kept of a key. Found by an index, it needs no comparison in constant time. */
export const hashOf = (key: string): Buffer => sha256(key);

/** A link that may be opened once: 256 random bits. */
export const makeToken = () => randomBytes(32).toString('base64url');
