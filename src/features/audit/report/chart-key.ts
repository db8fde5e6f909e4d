import type { Chart } from '../model.ts';

export interface KeyEntry {
  name: 'line' | 'level' | 'baseline' | 'interval' | 'silence';
  words: string;
}

/** What the lines and areas of a chart mean; only those that it shows. */
export function chartKey({ levels, change, shaded }: Chart): KeyEntry[] {
  const entries: (KeyEntry | false)[] = [
    { name: 'line', words: 'measured, with its 95 % interval' },
    levels.length > 0 && { name: 'level', words: 'level' },
    levels.length > 0 && { name: 'baseline', words: 'level before' },
    !!change?.interval && { name: 'interval', words: 'when it may have changed' },
    shaded.length > 0 && { name: 'silence', words: 'nothing arrived' },
  ];
  return entries.filter((entry) => entry !== false);
}
