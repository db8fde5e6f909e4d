import { useEffect, type ReactNode } from 'react';

/** The frame of what is seen before one is let in. */
export function Door({ title, verdict, children }: { title: string; verdict?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Steward`;
  }, [title]);
  return (
    <div className="door">
      <span className="brand">Steward</span>
      <div>
        <h1>{title}</h1>
        {verdict && <p className="verdict">{verdict}</p>}
      </div>
      {children}
    </div>
  );
}
