import { State, type StateKind } from '../../ui/kit.tsx';

const order = ['failing', 'degraded', 'too_early', 'no_data', 'healthy'] as const satisfies readonly StateKind[];
const words: Record<(typeof order)[number], string> = {
  failing: 'failing',
  degraded: 'degraded',
  too_early: 'too early to tell',
  no_data: 'without data',
  healthy: 'healthy',
};

/** How many are in which state, what needs a person first. */
export const States = ({ of }: { of: Partial<Record<StateKind, number>> }) => (
  <span className="row">
    {order
      .filter((kind) => (of[kind] ?? 0) > 0)
      .map((kind) => (
        <State key={kind} kind={kind}>
          {of[kind]} {words[kind]}
        </State>
      ))}
  </span>
);
