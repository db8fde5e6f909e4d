import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { Actor } from '../../platform/access.ts';
import { roomForUnread } from './unread.ts';

const keyOf = (client: string): Actor => ({ kind: 'key', id: 'k', scopes: ['read'], client: { id: client, name: client } });
const outgoing = () => Object.assign(new EventEmitter(), { destroyed: false }) as unknown as ServerResponse;
const MIB = 1024 * 1024;

test('whoever reads none of their large answers is told to, and leaves room for those of others', () => {
  const room = roomForUnread(10 * MIB);
  const large = 'x'.repeat(2 * MIB);
  const unread = Array.from({ length: 4 }, outgoing);
  for (const one of unread) room(large, keyOf('noisy'), one);
  expect(() => room(large, keyOf('noisy'), outgoing())).toThrow('Large answers are waiting');
  room('small', keyOf('noisy'), outgoing());
  room(large, keyOf('quiet'), outgoing());
  // What was read, or cut off, makes room.
  for (const one of unread) one.emit('close');
  room(large, keyOf('noisy'), outgoing());
  // Whoever is gone needs none.
  room('x'.repeat(9 * MIB), keyOf('gone'), Object.assign(outgoing(), { destroyed: true }));
});

test('one answer alone may be larger than all the room', () => {
  const room = roomForUnread(MIB);
  const first = outgoing();
  room('x'.repeat(3 * MIB), keyOf('a'), first);
  first.emit('close');
  room('x'.repeat(3 * MIB), keyOf('a'), outgoing());
});
