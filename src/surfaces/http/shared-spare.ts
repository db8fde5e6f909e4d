import { unavailable } from '../../platform/problem.ts';
import type { Spare } from '../../platform/spare.ts';
import { openSlots } from './slots.ts';

/**
 * Memory for what is being sent, so many bytes of it at once: whoever holds much, as by bodies that never end, leaves some to
 * others. Its `take` throws `unavailable` when there is none for this client now.
 */
export function shareSpare(spare: Spare, mostBytes: number): (client: string) => Spare {
  const slots = openSlots(mostBytes);
  return (client) => {
    const taken = new Map<Buffer, () => void>();
    const noted = (bytes: Buffer, giveBack: () => void) => {
      taken.set(bytes, giveBack);
      return bytes;
    };
    const letGo = (bytes: Buffer) => {
      const giveBack = taken.get(bytes) ?? (() => undefined);
      taken.delete(bytes);
      return giveBack;
    };
    return {
      take(bytes) {
        const giveBack = slots.take(client, bytes);
        if (!giveBack) throw unavailable('Too much telemetry is being sent at once. Send it again in a moment.');
        return noted(spare.take(bytes), giveBack);
      },
      giveBack(bytes) {
        letGo(bytes)();
        spare.giveBack(bytes);
      },
      first: (bytes, many) => noted(spare.first(bytes, many), letGo(bytes)),
    };
  };
}
