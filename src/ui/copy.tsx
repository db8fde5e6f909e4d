import { useEffect, useRef, useState } from 'react';
import { Button } from './field.tsx';

/** Copies a text. Browsers hand out the clipboard over HTTPS and on this machine only: elsewhere it is marked, to be copied by hand. */
function useCopy<E extends HTMLElement>(text: string) {
  const [copied, setCopied] = useState(false);
  const shown = useRef<E>(null);
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
  return { shown, copy, copied };
}

/** Lines to take along. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const { shown, copy, copied } = useCopy<HTMLPreElement>(text);
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
  const { shown, copy, copied } = useCopy<HTMLElement>(text);
  return (
    <span className="copy-text">
      <code ref={shown}>{text}</code>{' '}
      <button type="button" className="link" onClick={copy} aria-label={`Copy ${label}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}
