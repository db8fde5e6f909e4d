/** Light, dark, or as the system has it. Kept in this browser: it is a taste, not a secret. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'steward.theme';

export function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    // A browser that keeps nothing.
    return 'system';
  }
}

export function keepTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Before anything is drawn, so that nothing flashes. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = keptTheme();
}
