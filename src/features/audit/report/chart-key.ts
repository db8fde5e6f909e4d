import type { Chart } from '../model.ts';

export interface KeyEntry {
  name: 'line' | 'level' | 'baseline' | 'interval' | 'silence' | 'before' | 'after';
  words: string;
}

/** What the lines and areas of a chart mean; only those that it shows. */
export function chartKey({ levels, usual, change, shaded, bars, cohorts }: Chart): KeyEntry[] {
  if (bars)
    return [
      { name: 'before', words: 'before' },
      { name: 'after', words: 'after, with 95 % intervals' },
    ];
  if (cohorts)
    return [
      { name: 'line', words: 'this one, with its 95 % interval' },
      { name: 'level', words: 'what it is compared with' },
    ];
  const entries: (KeyEntry | false)[] = [
    { name: 'line', words: 'measured, with its 95 % interval' },
    levels.length > 0 && { name: 'level', words: 'level' },
    usual ? { name: 'baseline', words: 'usual at such times' } : levels.length > 0 && { name: 'baseline', words: 'level before' },
    !!change?.interval && { name: 'interval', words: 'when it may have changed' },
    shaded.length > 0 && { name: 'silence', words: change ? 'while it lasted' : 'nothing arrived' },
  ];
  return entries.filter((entry) => entry !== false);
}
