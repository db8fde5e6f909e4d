import { useEffect, useId, useRef, useState, type ComponentProps, type ReactNode } from 'react';
import { ago, moment } from './format.ts';
import type { Known } from './answers.ts';
import type { Refusal } from './api.ts';

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

/** A moment, relative; the absolute one on hover and for readers of screens. */
export function When({ at, absolute = false }: { at: string; absolute?: boolean }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={moment(at)}>
      {absolute ? moment(at) : ago(at, Math.max(now, Date.now()))}
    </time>
  );
}

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

export const Failure = ({ refusal }: { refusal: Refusal }) => (
  <p className="failure" role="alert">
    {refusal.message}
  </p>
);

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
      {refusal && <Failure refusal={refusal} />}
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
