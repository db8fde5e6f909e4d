import { useEffect, useId, type ReactNode } from 'react';

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

/** A part of a page, named by its heading. */
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
