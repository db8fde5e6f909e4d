import { useCallback, useMemo, useSyncExternalStore, type ComponentProps, type MouseEvent } from 'react';

/** The address is the state of every view. Everything that moves through the app moves through here. */

const watchers = new Set<() => void>();
const tellAll = () => {
  for (const tell of watchers) tell();
};
window.addEventListener('popstate', tellAll);

function subscribe(tell: () => void) {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

/** Goes to an address of this app. `replace`: without a step that "back" would return to. */
export function go(to: string, { replace = false } = {}): void {
  const before = location.pathname;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  if (location.pathname !== before) window.scrollTo(0, 0);
  tellAll();
}

export const usePath = () => useSyncExternalStore(subscribe, () => location.pathname);
const useSearch = () => useSyncExternalStore(subscribe, () => location.search);

type Changes = Readonly<Record<string, string | null | undefined>>;

/** What stands behind the `?`. A change is a step that "back" takes back; with `replace` it is none, as while somebody types. */
export function useParams(): [URLSearchParams, (changes: Changes, how?: { replace?: boolean }) => void] {
  const search = useSearch();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback((changes: Changes, { replace = false } = {}) => {
    const search = withParams(location.search, changes);
    if (search !== withParams(location.search, {})) go(location.pathname + search, { replace });
  }, []);
  return [params, change];
}

/** A search string with these parameters set; empty ones are left out. */
export function withParams(search: string, changes: Changes): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === null || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** What a pattern such as `/c/:client/traces` finds in a path; nothing when it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.replace(/(.)\/$/, '$1').split('/');
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) found[part.slice(1)] = decoded(given[i]!);
    else if (part !== given[i]) return undefined;
  }
  return found;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A link inside the app. Opens in place, unless the browser was asked for another tab. */
export function Link({ to, onClick, ...rest }: Omit<ComponentProps<'a'>, 'href'> & { to: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
