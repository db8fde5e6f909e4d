import { counted, day } from '../../../../ui/format.ts';
import { Answered, Empty, Page } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useSession } from '../../session.ts';

/** All clients: counts, states and money only. */
export default function PracticePage() {
  const known = useSession();
  return (
    <Page title="All clients" verdict={known.answer && `${counted(known.answer.clients.length, 'client')}.`}>
      <Answered known={known}>
        {({ clients }) =>
          clients.length === 0 ? (
            <Empty title="This page will show every client and what needs you now." />
          ) : (
            <Table
              label="Clients"
              rows={clients}
              idOf={({ id }) => id}
              hrefOf={({ id }) => `/c/${id}`}
              columns={[
                { head: 'Client', cell: ({ name }) => name },
                { head: 'Since', cell: ({ createdAt }) => day(createdAt) },
              ]}
            />
          )
        }
      </Answered>
    </Page>
  );
}
