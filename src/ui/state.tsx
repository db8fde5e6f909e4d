import type { ReactNode } from 'react';

/** How something is. */
export type StateKind = 'healthy' | 'degraded' | 'failing' | 'no_data' | 'too_early' | 'discovered';

const states: Record<StateKind, { word: string; icon: string }> = {
  healthy: { word: 'healthy', icon: 'M3.5 8.5l3 3 6-7' },
  degraded: { word: 'degraded', icon: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.6v.6' },
  failing: { word: 'failing', icon: 'M4 4l8 8M12 4l-8 8' },
  no_data: { word: 'no data', icon: 'M3 8h10' },
  too_early: { word: 'too early to tell', icon: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.2l2.2 1.3' },
  discovered: { word: 'discovered', icon: 'M7 2.8a4.2 4.2 0 1 0 .01 0M10 10l3.5 3.5' },
};

/** Colour and icon and word. */
export function State({ kind, children }: { kind: StateKind; children?: ReactNode }) {
  const { word, icon } = states[kind];
  return (
    <span className={`state state-${kind}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={icon} />
      </svg>
      {children ?? word}
    </span>
  );
}
