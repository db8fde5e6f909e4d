import { about, count, counted, money, percent, shortDay, visible } from '../../../../ui/format.ts';
import { Answered, Empty, Name, Page, Since, State, When } from '../../../../ui/kit.tsx';
import { Link, withParams } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall, type Answer } from '../../call.ts';
import { Connect } from '../../connect.tsx';
import type { ClientPageProps } from '../../pages.ts';

type Workflow = Answer<'workflows.list'>['workflows'][number];

/** A client's workflows, what needs a person first. */
export default function ClientPage({ client }: ClientPageProps) {
  const known = useCall('workflows.list', { client: client.id }, { everyMs: 2000 });
  const workflows = known.answer?.workflows.toSorted(byUrgency);
  return (
    <Page title="Workflows" verdict={workflows && verdictOf(workflows, client.name)}>
      <Answered known={known}>
        {() =>
          workflows!.length === 0 ? (
            <Empty title="This page will show each piece of work that AI does here: is it healthy, what it costs, what changed.">
              <Connect client={client} />
            </Empty>
          ) : (
            <Table
              label="Workflows, by what is degraded, then by cost"
              rows={workflows!}
              idOf={({ name }) => name}
              hrefOf={({ name }) => `/c/${client.id}/workflow${withParams('', { name })}`}
              sortParam="sort"
              columns={[
                { head: 'Workflow', cell: ({ name }) => <Name of={name} />, text: 'name', by: ({ name }) => name },
                {
                  head: 'State',
                  cell: ({ state, stateSince, reason }) => (
                    <span title={reason}>
                      <State kind={state} /> <span className="muted wide">{stateSince && <Since at={stateSince} />}</span>
                    </span>
                  ),
                  by: ({ state }) => rank[state],
                },
                { head: 'Stage', cell: ({ stage }) => stage, wide: true },
                {
                  head: 'Runs',
                  cell: ({ name, runs }) => <Link to={tracesOf(client.id, name)}>{about(runs)}</Link>,
                  number: true,
                  by: ({ runs }) => runs,
                },
                {
                  head: 'Failed',
                  cell: ({ name, errors, runs }) => (
                    <Link to={tracesOf(client.id, name, { status: 'error' })}>
                      {runs > 0 ? percent(errors / runs) : count(errors)}
                    </Link>
                  ),
                  number: true,
                  by: ({ errors, runs }) => (runs > 0 ? errors / runs : null),
                },
                { head: 'Cost', cell: ({ costUsd }) => money(costUsd), number: true, by: ({ costUsd }) => costUsd },
                {
                  head: 'Last change',
                  cell: ({ lastChange }) => <LastChange change={lastChange} />,
                  wide: true,
                  text: 'fill',
                  by: ({ lastChange }) => lastChange && Date.parse(lastChange.at),
                },
                {
                  head: 'Because',
                  cell: ({ reason }) => <span title={reason}>{reason}</span>,
                  wide: 'most',
                  text: 'fill',
                },
                {
                  head: 'Last seen',
                  cell: ({ lastSeenAt }) => <When at={lastSeenAt} />,
                  wide: 'most',
                  by: ({ lastSeenAt }) => -Date.parse(lastSeenAt),
                },
              ]}
            />
          )
        }
      </Answered>
      {workflows && workflows.length > 0 && (
        <p className="muted">
          Runs, errors and cost are of the last 28 days. Discovered: it sends telemetry, and nobody owns it yet.
        </p>
      )}
    </Page>
  );
}

/** The traces of the last 28 days that a number counts. */
const tracesOf = (clientId: string, workflow: string, filter: Record<string, string> = {}) => {
  const from = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 28 * 86_400_000).toISOString();
  return `/c/${clientId}/traces${withParams('', { workflow, from, ...filter })}`;
};

const LastChange = ({ change }: { change: Workflow['lastChange'] }) =>
  change ? (
    <span title={change.sentence}>
      {shortDay(change.at)} · {change.sentence}
    </span>
  ) : (
    'none found'
  );

const rank: Record<Workflow['state'], number> = { degraded: 0, no_data: 1, too_early: 2, healthy: 3 };

const byUrgency = (a: Workflow, b: Workflow) =>
  rank[a.state] - rank[b.state] || (b.costUsd ?? 0) - (a.costUsd ?? 0) || a.name.localeCompare(b.name);

function verdictOf(workflows: readonly Workflow[], name: string): string {
  if (workflows.length === 0) return `Nothing is known of ${name} yet: no telemetry has arrived.`;
  const of = (state: Workflow['state']) => workflows.filter((workflow) => workflow.state === state).length;
  const [degraded, silent, early, healthy] = [of('degraded'), of('no_data'), of('too_early'), of('healthy')];
  const rest = [
    healthy > 0 && `${count(healthy)} healthy`,
    silent > 0 && `${count(silent)} without data`,
    early > 0 && `${count(early)} too early to tell`,
  ].filter((part) => part !== false);
  const worst = workflows.find(({ state }) => state === 'degraded');
  if (!worst && healthy === workflows.length)
    return healthy === 1 ? `${visible(workflows[0]!.name)} is healthy.` : `All ${count(healthy)} workflows are healthy.`;
  if (!worst && healthy === 0) return `Nothing can be said of ${counted(workflows.length, 'workflow')} yet: ${rest.join(', ')}.`;
  if (!worst) return `No workflow is known to be degraded: ${rest.join(', ')}.`;
  const more = degraded === 1 ? '' : degraded === 2 ? ', and so is one more' : `, and so are ${count(degraded - 1)} more`;
  return `${visible(worst.name)} is degraded${more}. ${rest.length > 0 ? `The others: ${rest.join(', ')}.` : ''}`;
}
