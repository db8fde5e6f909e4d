const waiting: (() => void)[] = [];
let isGoing = false;

/**
 * A turn of the event loop for work that takes milliseconds: one such piece of work in each, in the order in which they were asked
 * for. What else has happened, a flush that is done or an answer of a store, is heard in between, and not after all of them.
 */
export function ownTurn(): Promise<void> {
  if (!isGoing) setImmediate(next);
  isGoing = true;
  return new Promise((begin) => waiting.push(begin));
}

function next(): void {
  const begin = waiting.shift();
  isGoing = begin !== undefined;
  if (!begin) return;
  begin();
  setImmediate(next);
}
