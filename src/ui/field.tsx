import { useId, type ComponentProps, type ReactNode } from 'react';

export type ButtonLook = 'main' | 'plain' | 'danger';

/** A button that sends nothing unless told so. */
export function Button({
  look = 'plain',
  className = '',
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type={type} className={`button button-${look} ${className}`} {...rest} />;
}

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

/** A field of one line. */
export function TextField({ label, hint, ...input }: ComponentProps<'input'> & { label: string; hint?: ReactNode }) {
  return (
    <Field label={label} hint={hint}>
      {(props) => <input {...input} {...props} />}
    </Field>
  );
}
