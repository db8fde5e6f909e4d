/**
 * The page that an address names, if it is one of ours; else the first one. What the browser would make of it decides, as it
 * drops tabs and turns backslashes around.
 */
export function ownAddress(next: string | null, origin: string): string {
  if (next === null || !URL.canParse(next, origin)) return '/';
  const url = new URL(next, origin);
  // Of our own origin and yet two slashes: as a text of its own it would name another host.
  return url.origin === origin && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}
