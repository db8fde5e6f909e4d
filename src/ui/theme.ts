import { useSyncExternalStore } from 'react';
import { keepTheme, keptTheme, type Theme } from './kept-theme.ts';

const watchers = new Set<() => void>();

export function setTheme(theme: Theme): void {
  keepTheme(theme);
  for (const tell of watchers) tell();
}

export const useTheme = () =>
  useSyncExternalStore((tell) => {
    watchers.add(tell);
    return () => watchers.delete(tell);
  }, keptTheme);
