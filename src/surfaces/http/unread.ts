import type { ServerResponse } from 'node:http';
import type { Actor } from '../../platform/access.ts';
import { tooMany } from '../../platform/problem.ts';
import { openSlots } from './slots.ts';

const MOST_BYTES = 256 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;
const RETRY_AFTER_S = 2;

/**
 * Room for answers that are not read yet: they are in memory until they are, and whoever asks for many large ones leaves room for
 * those of others. Takes the room of one until its connection is done with it. Throws `too_many` when there is none for this asker.
 */
export function roomForUnread(mostBytes = MOST_BYTES) {
  const slots = openSlots(mostBytes);
  return (answer: string, actor: Actor, outgoing: Pick<ServerResponse, 'destroyed' | 'once'>): void => {
    if (answer.length <= SMALL_BYTES || outgoing.destroyed) return;
    // One alone may be larger than all the room.
    const giveBack = slots.take(askerOf(actor), Math.min(answer.length, mostBytes / 2));
    if (!giveBack) throw tooMany('Large answers are waiting to be read. Read them, then ask again.', RETRY_AFTER_S);
    outgoing.once('close', giveBack);
  };
}

function askerOf(actor: Actor): string {
  if (actor.kind === 'key') return actor.client?.id ?? actor.id;
  return actor.kind === 'person' ? actor.id : actor.kind;
}
