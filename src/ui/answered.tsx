import type { ReactNode } from 'react';
import { askAgain, type Known } from './answers.ts';
import type { Refusal } from './api.ts';
import { inWords } from './refusal-words.ts';

/** What to do about a refusal, where its own sentence does not say. */
const advice: Record<string, string> = {
  forbidden: 'Ask an owner or operator of the practice for it.',
  not_found: 'It may not have arrived yet, or was removed, or the address has a slip in it.',
  too_many: 'This page asks again by itself.',
  unreachable: 'This page asks again by itself once it is there.',
  unavailable: 'This page asks again by itself.',
};

/** What was refused, and what to do; with `again`, how the page goes on by itself. */
export const Failure = ({ refusal, again = false }: { refusal: Refusal; again?: boolean }) => (
  <div className="failure" role="alert">
    {inWords(refusal)} {again && !saysReason(refusal) && advice[refusal.code]}
    {again && isPassing(refusal) && (
      <>
        {' '}
        <button type="button" className="link" onClick={() => void askAgain()}>
          Try now
        </button>
      </>
    )}
  </div>
);
/** Of a link, or at the sign-in: its sentence says what to do. */
const saysReason = ({ details }: Refusal) => typeof details === 'object' && details !== null && 'reason' in details;
const isPassing = ({ code }: Refusal) => ['unreachable', 'unavailable', 'internal', 'too_many'].includes(code);

/** Shows an answer, its skeleton until it is there, and a refusal above what was known before. */
export function Answered<Answer>({
  known: { answer, refusal },
  rows = 6,
  children,
}: {
  known: Known<Answer>;
  rows?: number;
  children: (answer: Answer) => ReactNode;
}) {
  return (
    <>
      {refusal && <Failure refusal={refusal} again />}
      {answer !== undefined ? children(answer) : !refusal && <Skeleton rows={rows} />}
    </>
  );
}

/** Stands where an answer will. */
export const Skeleton = ({ rows = 6 }: { rows?: number }) => (
  <div className="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, i) => (
      <span key={i} />
    ))}
  </div>
);
