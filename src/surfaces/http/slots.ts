/** Places for work that is done at once. */
export interface Slots {
  /** Takes a place, or so many; what it answers gives them back. Nothing: there are not as many for this client now. */
  take(client: string, places?: number): (() => void) | undefined;
}

/** Of the places that are free, one client may hold this many times as many: a busy one leaves some to the others. */
const SHARE = 4;

export function openSlots(most: number): Slots {
  const held = new Map<string, number>();
  let all = 0;
  const add = (client: string, by: number) => {
    all += by;
    const mine = (held.get(client) ?? 0) + by;
    if (mine > 0) held.set(client, mine);
    else held.delete(client);
  };
  return {
    take(client, places = 1) {
      const free = most - all;
      if (places > free || (held.get(client) ?? 0) + places > SHARE * free) return undefined;
      add(client, places);
      return () => add(client, -places);
    },
  };
}
