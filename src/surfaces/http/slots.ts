/** Places for work that is done at once. */
export interface Slots {
  /** Takes a place; what it answers gives it back. Nothing: there is none for this client now. */
  take(client: string): (() => void) | undefined;
}

/** Of the places that are free, one client may hold this many times as many: a busy one leaves some to the others. */
const SHARE = 4;

export function openSlots(most: number): Slots {
  const held = new Map<string, number>();
  let all = 0;
  const add = (client: string, by: 1 | -1) => {
    all += by;
    const mine = (held.get(client) ?? 0) + by;
    if (mine > 0) held.set(client, mine);
    else held.delete(client);
  };
  return {
    take(client) {
      if ((held.get(client) ?? 0) + 1 > SHARE * (most - all)) return undefined;
      add(client, 1);
      return () => add(client, -1);
    },
  };
}
