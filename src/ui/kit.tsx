import { useEffect, useId, useRef, useState, useSyncExternalStore, type ComponentProps, type ReactNode } from 'react';
import { ago, moment, sinceWords } from './format.ts';
import { askAgain, type Known } from './answers.ts';
import type { Refusal } from './api.ts';
import { inWords } from './refusal-words.ts';

/** The pieces every page is made of. Text of clients only ever arrives here as text. */

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

const TICK_MS = 10_000;
const ticking = new Set<() => void>();
let tickedAt = Date.now();
let ticker: ReturnType<typeof setInterval> | undefined;
const lastTick = () => tickedAt;

/** One clock for all times that are shown, however many. It stands while nobody looks. */
function everyTick(tell: () => void): () => void {
  ticking.add(tell);
  ticker ??= setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    tickedAt = Date.now();
    for (const one of ticking) one();
  }, TICK_MS);
  return () => {
    ticking.delete(tell);
    if (ticking.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

/** A moment, relative; the absolute one on hover and for readers of screens. */
export function When({ at, absolute = false }: { at: string; absolute?: boolean }) {
  const now = useSyncExternalStore(everyTick, lastTick);
  return (
    <time dateTime={at} title={moment(at)}>
      {absolute ? moment(at) : ago(at, Math.max(now, Date.now()))}
    </time>
  );
}

/** Since when; the moment on hover. */
export const Since = ({ at }: { at: string }) => (
  <time dateTime={at} title={moment(at)}>
    {sinceWords(at)}
  </time>
);

export type ButtonLook = 'main' | 'plain' | 'danger';

export function Button({
  look = 'plain',
  className = '',
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type={type} className={`button button-${look} ${className}`} {...rest} />;
}

/** A page: its name, one sentence that could be read aloud, what can be done, and the proof below. */
export function Page({
  title,
  verdict,
  acts,
  children,
}: {
  title: string;
  verdict?: ReactNode;
  acts?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Steward`;
  }, [title]);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {verdict && <p className="verdict">{verdict}</p>}
        </div>
        {acts && <div className="acts">{acts}</div>}
      </header>
      {children}
    </div>
  );
}

export function Section({ title, acts, children }: { title: string; acts?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="section">
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        {acts}
      </header>
      {children}
    </section>
  );
}

/** What a page will answer, and the one next step. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What to do about a refusal, where its own sentence does not say. */
const advice: Record<string, string> = {
  forbidden: 'Ask an owner or operator of the practice for it.',
  not_found: 'It may not have arrived yet, or was removed, or the address has a slip in it.',
  too_many: 'This page asks again by itself.',
  unreachable: 'This page asks again by itself once it is there.',
  unavailable: 'This page asks again by itself.',
};

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

export const Skeleton = ({ rows = 6 }: { rows?: number }) => (
  <div className="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, i) => (
      <span key={i} />
    ))}
  </div>
);

/** One column of fields; what is wrong stands beside the field. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: ReactNode;
  children: (props: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hint ? `${id}-hint` : undefined })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, hint, ...input }: ComponentProps<'input'> & { label: string; hint?: ReactNode }) {
  return (
    <Field label={label} hint={hint}>
      {(props) => <input {...input} {...props} />}
    </Field>
  );
}

/** Lines to take along. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const shown = useRef<HTMLPreElement>(null);
  // Browsers hand out the clipboard over HTTPS and on this machine only. Elsewhere the lines are marked, to be copied by hand.
  const mark = () => {
    if (shown.current) getSelection()?.selectAllChildren(shown.current);
  };
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const copy = () => {
    if (clipboard) clipboard.writeText(text).then(() => setCopied(true), mark);
    else mark();
  };
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="copyable">
      {/* It scrolls, so it can be reached by keys. */}
      <pre ref={shown} tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <Button onClick={copy} aria-label={`Copy ${label}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}

/** An id or the like, to take along. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const shown = useRef<HTMLElement>(null);
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const mark = () => {
    if (shown.current) getSelection()?.selectAllChildren(shown.current);
  };
  const copy = () => {
    if (clipboard) clipboard.writeText(text).then(() => setCopied(true), mark);
    else mark();
  };
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <span className="copy-text">
      <code ref={shown}>{text}</code>{' '}
      <button type="button" className="link" onClick={copy} aria-label={`Copy ${label}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}

/** Something asked in between. Escape and the way out close it; focus returns by itself. */
export function Dialog({
  title,
  onClose,
  className = '',
  children,
}: {
  title: string;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}

export const Keys = ({ keys }: { keys: string }) => (
  <span className="keys">
    {keys.split(' ').map((key, i) => (
      <kbd key={i}>{key.replace('mod+', /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ ' : 'Ctrl ')}</kbd>
    ))}
  </span>
);
