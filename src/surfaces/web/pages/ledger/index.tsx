import { count, counted } from '../../../../ui/format.ts';
import { Answered, Page, Section, State, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { administers, useSession } from '../../session.ts';
import { Quota } from './quota.tsx';

type Ledger = Answer<'telemetry.ledger'>;

const sum = (byReason: Readonly<Record<string, number>>) => Object.values(byReason).reduce((all, n) => all + n, 0);

/** What became of all telemetry that a client sent. It adds up, or says that it does not. */
export default function LedgerPage({ client }: ClientPageProps) {
  const known = useCall('telemetry.ledger', { client: client.id }, { everyMs: 10_000 });
  const { answer: session } = useSession();
  return (
    <Page title="Ledger" verdict={known.answer && verdictOf(known.answer, client.name)}>
      <Answered known={known}>
        {(ledger) => (
          <>
            <p>
              <State kind={ledger.received === 0 ? 'no_data' : ledger.balanced ? 'healthy' : 'failing'}>
                {ledger.received === 0 ? 'no data' : ledger.balanced ? 'balanced' : `off by ${count(ledger.difference)}`}
              </State>
            </p>
            <Table
              label="What became of it"
              walked
              rows={ledger.kinds}
              idOf={({ kind }) => kind}
              columns={[
                { head: 'Kind', cell: ({ kind }) => kind.replaceAll('_', ' ') },
                { head: 'Received', cell: ({ received }) => count(received), number: true },
                { head: 'Stored', cell: ({ stored }) => count(stored), number: true },
                { head: 'Sent twice', cell: ({ deduplicated }) => count(deduplicated), number: true },
                { head: 'Rejected', cell: ({ rejected }) => count(sum(rejected)), number: true },
                { head: 'Set aside', cell: ({ setAside }) => count(setAside), number: true },
                { head: 'Removed', cell: ({ removed }) => count(sum(removed)), number: true },
                { head: 'On its way', cell: ({ spooled }) => count(spooled), number: true },
              ]}
            />
            <Reasons title="Rejected, and told to their sender" of={ledger.rejected} />
            <Reasons title="Requests refused as a whole" of={ledger.refused} />
            <Reasons title="Removed since" of={ledger.removed} />
            <Reasons title="Texts struck before they were kept" of={ledger.struck} />
            {ledger.since && (
              <p className="muted">
                {counted(ledger.requests, 'request')} with {count(ledger.bytes)} bytes since <When at={ledger.since} absolute />.
              </p>
            )}
          </>
        )}
      </Answered>
      {administers(session, client) && <Quota client={client.id} />}
    </Page>
  );
}

function verdictOf({ received, stored, balanced, difference }: Ledger, name: string): string {
  if (received === 0) return `${name} has sent nothing yet.`;
  return balanced
    ? `Everything that ${name} sent is accounted for: ${count(received)} received, ${count(stored)} stored.`
    : `The numbers of ${name} do not add up: ${count(Math.abs(difference))} of ${count(received)} are unaccounted for.`;
}

function Reasons({ title, of }: { title: string; of: Readonly<Record<string, number>> }) {
  const rows = Object.entries(of);
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <Table
        label={title}
        rows={rows}
        idOf={([reason]) => reason}
        columns={[
          { head: 'Reason', cell: ([reason]) => reason.replaceAll('_', ' ') },
          { head: 'How many', cell: ([, n]) => count(n), number: true },
        ]}
      />
    </Section>
  );
}
