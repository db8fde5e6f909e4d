import { useState, type ComponentProps } from 'react';
import { Refusal } from './api.ts';
import { Button } from './kit.tsx';
import { inWords } from './refusal-words.ts';

/** A button that does something elsewhere. What was refused is told beside it. */
export function Act({ onAct, ...button }: Omit<ComponentProps<typeof Button>, 'onClick'> & { onAct: () => Promise<unknown> }) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await onAct();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal('internal', String(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        {...button}
        aria-disabled={busy}
        onClick={() => {
          if (!busy) void act();
        }}
      />
      {refusal && (
        <span role="alert" className="refused">
          {inWords(refusal)}
        </span>
      )}
    </>
  );
}

/** What cannot be undone takes two steps; the second names what ends. */
export function ActTwice({
  name,
  sure,
  label,
  onAct,
}: {
  name: string;
  sure: string;
  label: string;
  onAct: () => Promise<unknown>;
}) {
  const [asked, ask] = useState(false);
  if (!asked)
    return (
      <Button onClick={() => ask(true)} aria-label={label}>
        {name}
      </Button>
    );
  return (
    <Act look="danger" onAct={onAct} onBlur={() => ask(false)} autoFocus>
      {sure}
    </Act>
  );
}
