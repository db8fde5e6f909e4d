import { useEffect, useRef, type ReactNode } from 'react';

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

/** Keys as they stand on the keyboard of whoever looks; those that follow each other are parted by a blank. */
export const Keys = ({ keys }: { keys: string }) => (
  <span className="keys">
    {keys.split(' ').map((key, i) => (
      <kbd key={i}>{key.replace('mod+', /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ ' : 'Ctrl ')}</kbd>
    ))}
  </span>
);
