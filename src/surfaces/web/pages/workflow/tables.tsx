import { count, money, visible } from '../../../../ui/format.ts';
import { Name, Section, When } from '../../../../ui/kit.tsx';
import { Link } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import type { Answer } from '../../call.ts';
import { monthAgo, tracesOf, type Of } from './links.ts';

type Workflow = Answer<'workflows.show'>;

/** The models that answer, by calls. */
export function Models({ workflow: { models }, ...of }: { workflow: Workflow } & Of) {
  return (
    <Section title="Models">
      {models.length === 0 ? (
        <p className="hint">No call of a model was seen.</p>
      ) : (
        <Table
          label="Models used"
          rows={models}
          idOf={({ model, provider }) => `${provider}/${model}`}
          columns={[
            { head: 'Model', cell: ({ model }) => <Name of={model} />, text: 'name' },
            {
              head: 'Calls',
              cell: ({ model, calls }) => <Link to={tracesOf(of, { model, from: monthAgo() })}>{count(calls)}</Link>,
              number: true,
            },
            { head: 'Failed', cell: ({ errors }) => count(errors), number: true },
            { head: 'Cost', cell: ({ costUsd }) => money(costUsd), number: true },
            { head: 'Last used', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}

/** What its steps say when they fail. */
export function Failures({ workflow: { name, failures }, clientId }: { workflow: Workflow; clientId: string }) {
  return (
    <Section title="What goes wrong">
      {failures.length === 0 ? (
        <p className="hint">No step failed.</p>
      ) : (
        <Table
          label="Errors, the most frequent first"
          rows={failures}
          idOf={({ message }) => message}
          columns={[
            {
              head: 'Error',
              cell: ({ message, spanName, traceId }) => (
                <Link to={`/c/${clientId}/traces/${traceId}`}>{visible(message || `${spanName} failed`)}</Link>
              ),
            },
            {
              head: 'Times',
              cell: ({ message, count: times }) => (
                <Link
                  to={tracesOf(
                    { clientId, name },
                    {
                      status: 'error',
                      search: message.trim().length > 1 ? message.trim().slice(0, 200) : undefined,
                      from: monthAgo(),
                    },
                  )}
                >
                  {count(times)}
                </Link>
              ),
              number: true,
            },
            { head: 'Last', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}

/** The end users with the most runs. */
export function Users({ workflow: { users }, ...of }: { workflow: Workflow } & Of) {
  return (
    <Section title="Users">
      {users.length === 0 ? (
        <p className="hint">No span names an end user.</p>
      ) : (
        <Table
          label="Users with the most runs"
          rows={users}
          idOf={({ user }) => user}
          columns={[
            {
              head: 'User',
              cell: ({ user }) => (
                <Link to={tracesOf(of, { user })}>
                  <Name of={user} />
                </Link>
              ),
            },
            {
              head: 'Runs',
              cell: ({ user, runs }) => <Link to={tracesOf(of, { user, from: monthAgo() })}>{count(runs)}</Link>,
              number: true,
            },
            {
              head: 'Failed',
              cell: ({ user, errors }) =>
                errors > 0 ? <Link to={tracesOf(of, { user, status: 'error', from: monthAgo() })}>{count(errors)}</Link> : 'none',
              number: true,
            },
            { head: 'Last seen', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}
