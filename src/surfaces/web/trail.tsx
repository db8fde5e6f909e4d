import { Answered, Empty, When } from '../../ui/kit.tsx';
import type { Known } from '../../ui/answers.ts';
import { useParams, Link, withParams } from '../../ui/router.tsx';
import { Table } from '../../ui/table.tsx';
import type { Answer } from './call.ts';

type Trail = Answer<'auditTrail.practice'>;

/** Who did what, the latest first; the address says which page of it. */
export function Trail({ known }: { known: Known<Trail> }) {
  const [params] = useParams();
  return (
    <Answered known={known} rows={12}>
      {({ entries, next }) => (
        <>
          {entries.length === 0 ? (
            <Empty title="Nothing was done here yet. Every change is noted: who, when and what was asked for, without secrets." />
          ) : (
            <Table
              label="Audit trail"
              walked
              stacked
              rows={entries}
              idOf={({ id }) => id}
              columns={[
                { head: 'When', cell: ({ at }) => <When at={at} absolute />, text: 'wrap' },
                { head: 'Who', cell: ({ actorKind, actorName }) => actorName ?? `a ${actorKind}`, text: 'wrap' },
                { head: 'What', cell: ({ operation }) => <code>{operation}</code>, text: 'wrap' },
                { head: 'Asked for', cell: ({ input }) => <code>{JSON.stringify(input)}</code>, text: 'wrap' },
              ]}
            />
          )}
          <div className="acts">
            {params.has('before') && (
              <Link className="button" to={location.pathname}>
                The latest
              </Link>
            )}
            {next && (
              <Link className="button" to={location.pathname + withParams('', { before: next })}>
                Older ones
              </Link>
            )}
          </div>
        </>
      )}
    </Answered>
  );
}

export function useBefore(): { before?: string } {
  const [params] = useParams();
  const before = params.get('before');
  return before ? { before } : {};
}
