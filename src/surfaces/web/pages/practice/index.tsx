import { askAgain } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { about, count, counted, money } from '../../../../ui/format.ts';
import { Answered, Empty, Page, Section, TextField, When } from '../../../../ui/kit.tsx';
import { go } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call, useCall, type Answer } from '../../call.ts';
import { useSession, type Session } from '../../session.ts';
import { States } from '../../states.tsx';

type Clients = Answer<'practice.overview'>['clients'];

/** All clients: counts, states and money only. Who is of a client alone sees those they are of. */
export default function PracticePage() {
  const known = useSession();
  return (
    <Answered known={known}>
      {(session) => (session.practiceRole === null ? <OwnClients session={session} /> : <Overview session={session} />)}
    </Answered>
  );
}

function Overview({ session }: { session: Session }) {
  const known = useCall('practice.overview', {}, { everyMs: 10_000 });
  const clients = known.answer?.clients.toSorted(byUrgency);
  return (
    <Page title="All clients" verdict={clients && verdictOf(clients)}>
      <Answered known={known}>
        {() =>
          clients!.length === 0 ? (
            <NoClients session={session} />
          ) : (
            <Table
              label="Clients, by what is degraded, then by cost"
              rows={clients!}
              idOf={({ id }) => id}
              hrefOf={({ id }) => `/c/${id}`}
              sortParam="sort"
              stacked
              columns={columns}
            />
          )
        }
      </Answered>
      {session.practiceRole === 'owner' && clients && clients.length > 0 && (
        <Section title="Add a client">
          <AddClient />
        </Section>
      )}
    </Page>
  );
}

const columns = [
  { head: 'Client', cell: ({ name }: Clients[number]) => name, by: ({ name }: Clients[number]) => name },
  {
    head: 'Workflows',
    cell: ({ workflows, states }: Clients[number]) => (workflows === 0 ? 'none yet' : <States of={states} />),
  },
  {
    head: 'Runs, 28 days',
    cell: ({ runs }: Clients[number]) => about(runs),
    number: true,
    by: ({ runs }: Clients[number]) => runs,
  },
  {
    head: 'Errors',
    cell: ({ errors }: Clients[number]) => about(errors),
    number: true,
    wide: true,
    by: ({ errors }: Clients[number]) => errors,
  },
  {
    head: 'Cost, 28 days',
    cell: ({ costUsd }: Clients[number]) => money(costUsd),
    number: true,
    by: ({ costUsd }: Clients[number]) => costUsd,
  },
  {
    head: 'Last seen',
    cell: ({ lastSeenAt }: Clients[number]) => (lastSeenAt ? <When at={lastSeenAt} /> : 'never'),
    wide: true,
  },
];

const byUrgency = (a: Clients[number], b: Clients[number]) =>
  (b.states.degraded ?? 0) - (a.states.degraded ?? 0) || (b.costUsd ?? 0) - (a.costUsd ?? 0) || a.name.localeCompare(b.name);

function verdictOf(clients: Clients): string {
  if (clients.length === 0) return 'No client yet.';
  const sum = (of: (client: Clients[number]) => number) => clients.reduce((all, client) => all + of(client), 0);
  const degraded = sum(({ states }) => states.degraded ?? 0);
  const costs = clients.filter(({ costUsd }) => costUsd !== null);
  const spent = costs.length > 0 ? ` ${money(sum(({ costUsd }) => costUsd ?? 0))} went to models in 28 days.` : '';
  const all = sum(({ workflows }) => workflows);
  if (all === 0) return `${counted(clients.length, 'client')}, and no telemetry yet.`;
  const [healthy, silent, early] = (['healthy', 'no_data', 'too_early'] as const).map((state) =>
    sum(({ states }) => states[state] ?? 0),
  );
  const rest = [
    healthy && `${count(healthy)} healthy`,
    silent && `${count(silent)} without data`,
    early && `${count(early)} too early to tell`,
  ].filter(Boolean);
  const first =
    degraded > 0 ? `${counted(degraded, 'workflow needs', 'workflows need')} you now` : 'No workflow is known to be degraded';
  return `${first}${rest.length > 0 ? `: ${rest.join(', ')}` : ''}.${spent}`.replace('now: ', 'now; ');
}

function OwnClients({ session: { clients } }: { session: Session }) {
  return (
    <Page title="Your companies" verdict={`${counted(clients.length, 'company', 'companies')}.`}>
      {clients.length === 0 ? (
        <Empty title="Nobody has let you into a company yet. Ask whoever invited you." />
      ) : (
        <Table
          label="Companies"
          rows={clients}
          idOf={({ id }) => id}
          hrefOf={({ id }) => `/c/${id}`}
          columns={[
            { head: 'Company', cell: ({ name }) => name },
            { head: 'You are', cell: ({ role }) => role ?? 'a key' },
          ]}
        />
      )}
    </Page>
  );
}

const NoClients = ({ session }: { session: Session }) => (
  <Empty title="This page will show every client, and what needs you now.">
    {session.practiceRole === 'owner' ? <AddClient /> : <p>An owner of the practice grants you a client.</p>}
  </Empty>
);

function AddClient() {
  return (
    <Form
      act="Add the client"
      onSubmit={async ({ text }) => {
        const { id } = await call('clients.create', { name: text('name') });
        await Promise.all([askAgain('session.show'), askAgain('practice.overview')]);
        go(`/c/${id}`);
      }}
    >
      <TextField
        label="Name of the company"
        name="name"
        maxLength={120}
        required
        hint="As it stands in the frame of its pages."
      />
    </Form>
  );
}
