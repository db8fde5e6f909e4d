import { useState, type ComponentProps, type ReactNode } from 'react';
import { Refusal } from './api.ts';
import { Button, Failure } from './kit.tsx';

/** One column of fields and one act. What is refused is told above the button, in the server's words; nothing typed is lost. */
export function Form({
  act,
  onSubmit,
  look = 'main',
  children,
  ...rest
}: Omit<ComponentProps<'form'>, 'onSubmit'> & {
  /** What the button says. */
  act: string;
  look?: ComponentProps<typeof Button>['look'];
  onSubmit: (fields: Fields) => Promise<unknown>;
  children?: ReactNode;
}) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await onSubmit(fieldsOf(form));
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal('internal', String(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      {...rest}
      className={`form ${rest.className ?? ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit(event.currentTarget);
      }}
    >
      {children}
      {refusal && <Failure refusal={refusal} />}
      <div>
        <Button look={look ?? 'main'} type="submit" aria-disabled={busy}>
          {busy ? 'One moment' : act}
        </Button>
      </div>
    </form>
  );
}

export interface Fields {
  readonly text: (name: string) => string;
  readonly all: (name: string) => string[];
}

function fieldsOf(form: HTMLFormElement): Fields {
  const data = new FormData(form);
  const all = (name: string) => data.getAll(name).filter((value) => typeof value === 'string');
  return { text: (name) => all(name)[0] ?? '', all };
}
