import { counted } from '../../../../ui/format.ts';
import { Answered, Empty, Page, State, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall } from '../../call.ts';
import { Connect } from '../../connect.tsx';
import type { ClientPageProps } from '../../pages.ts';

/** A client's workflows. */
export default function ClientPage({ client }: ClientPageProps) {
  const known = useCall('workflows.list', { client: client.id }, { everyMs: 2000 });
  const workflows = known.answer?.workflows;
  return (
    <Page
      title="Workflows"
      verdict={
        workflows &&
        (workflows.length === 0
          ? `Nothing is known of ${client.name} yet: no telemetry has arrived.`
          : `${counted(workflows.length, 'workflow')} at ${client.name}.`)
      }
    >
      <Answered known={known}>
        {({ workflows }) =>
          workflows.length === 0 ? (
            <Empty title="This page will show each piece of work that AI does here: is it healthy, what it costs, what changed.">
              <Connect client={client} />
            </Empty>
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
