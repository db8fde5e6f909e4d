import { useEffect, useRef } from 'react';

/**
 * Keys of the app: one letter (`j`), two in a row (`g t`), or with Ctrl/⌘ (`mod+k`). The innermost page that binds a key has it.
 * Letters typed into a field are text.
 */
export interface Binding {
  readonly keys: string;
  /** What it does, for the list under `?`. */
  readonly does: string;
  readonly run: () => void;
}

const layers: { current: readonly Binding[] }[] = [];
let begun = '';
let forget: ReturnType<typeof setTimeout> | undefined;
const SECOND_WITHIN_MS = 1200;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])'));

/** Keys that a link or button in focus answers itself. */
const isOwn = ({ key, target }: KeyboardEvent) =>
  (key === 'Enter' || key === ' ') && target instanceof HTMLElement && target.matches('a, button, summary, [role=option]');

function find(keys: string): Binding | undefined {
  for (const layer of layers.toReversed()) {
    const found = layer.current.find((binding) => binding.keys === keys);
    if (found) return found;
  }
}

window.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || isOwn(event)) return;
  const mod = event.ctrlKey || event.metaKey;
  const modal = document.querySelector('dialog[open]') !== null;
  if (!mod && (isTyping(event.target) || modal)) return;
  const key = mod ? `mod+${event.key.toLowerCase()}` : event.key;
  const binding = (begun && find(`${begun} ${key}`)) || find(key);
  clearTimeout(forget);
  begun = '';
  if (binding) {
    event.preventDefault();
    binding.run();
  } else if (!mod && layers.some((layer) => layer.current.some(({ keys }) => keys.startsWith(`${key} `)))) {
    begun = key;
    forget = setTimeout(() => (begun = ''), SECOND_WITHIN_MS);
  }
});

/** Binds keys as long as the component stands. */
export function useKeys(bindings: readonly Binding[]): void {
  const layer = useRef(bindings);
  layer.current = bindings;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

/** What can be pressed right now. */
export const bindingsNow = (): Binding[] => {
  const seen = new Set<string>();
  return layers.toReversed().flatMap(({ current }) => current.filter(({ keys }) => !seen.has(keys) && seen.add(keys)));
};
