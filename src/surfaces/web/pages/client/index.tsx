import { counted } from '../../../../ui/format.ts';
import { Answered, Empty, Page, State, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';

/** A client's workflows. */
export default function ClientPage({ client }: ClientPageProps) {
  const known = useCall('workflows.list', { client: client.id }, { everyMs: 5000 });
  return (
    <Page title="Workflows" verdict={known.answer && `${counted(known.answer.workflows.length, 'workflow')} at ${client.name}.`}>
      <Answered known={known}>
        {({ workflows }) =>
          workflows.length === 0 ? (
            <Empty title={`This page will show every piece of work that AI does at ${client.name}.`} />
          ) : (
            <Table
              label="Workflows"
              rows={workflows}
              idOf={({ name }) => name}
              columns={[
                { head: 'Workflow', cell: ({ name }) => name },
                { head: 'State', cell: () => <State kind="discovered" /> },
                { head: 'Last seen', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
              ]}
            />
          )
        }
      </Answered>
    </Page>
  );
}
