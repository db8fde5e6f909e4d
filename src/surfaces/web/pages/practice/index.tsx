import { Form } from '../../../../ui/form.tsx';
import { counted } from '../../../../ui/format.ts';
import { askAgain } from '../../../../ui/answers.ts';
import { Answered, Empty, Page, Section, TextField } from '../../../../ui/kit.tsx';
import { go } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call } from '../../call.ts';
import { useSession, type Session } from '../../session.ts';

/** All clients: counts, states and money only. */
export default function PracticePage() {
  const known = useSession();
  return (
    <Page title="All clients" verdict={known.answer && `${counted(known.answer.clients.length, 'client')}.`}>
      <Answered known={known}>{(session) => <Clients session={session} />}</Answered>
    </Page>
  );
}

function Clients({ session: { clients, practiceRole } }: { session: Session }) {
  if (clients.length === 0)
    return (
      <Empty title="This page will show every client, and what needs you now.">
        {practiceRole === 'owner' ? <AddClient /> : <p>An owner of the practice grants you a client.</p>}
      </Empty>
    );
  return (
    <>
      <Table
        label="Clients"
        rows={clients}
        idOf={({ id }) => id}
        hrefOf={({ id }) => `/c/${id}`}
        columns={[
          { head: 'Client', cell: ({ name }) => name },
          { head: 'You are', cell: ({ role }) => role ?? 'a key' },
        ]}
      />
      {practiceRole === 'owner' && (
        <Section title="Add a client">
          <AddClient />
        </Section>
      )}
    </>
  );
}

function AddClient() {
  return (
    <Form
      act="Add the client"
      onSubmit={async ({ text }) => {
        const { id } = await call('clients.create', { name: text('name') });
        await askAgain('session.show');
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
