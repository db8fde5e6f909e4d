import type { FormEvent } from 'react';
import { useStill } from '../../../../ui/answers.ts';
import { compact, count, counted, duration, money, visible } from '../../../../ui/format.ts';
import { Answered, Button, Empty, Name, Page, State, When } from '../../../../ui/kit.tsx';
import { Link, useParams, withParams } from '../../../../ui/router.tsx';
import { Table, type Column } from '../../../../ui/table.tsx';
import { useCall, type Answer, type Input } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { Connect } from '../../connect.tsx';
import { Filters, filterOf, isFiltered } from './filters.tsx';
import './explore.css';

type Trace = Answer<'telemetry.traces'>['traces'][number];
type Session = Answer<'telemetry.sessions'>['sessions'][number];
type User = Answer<'telemetry.users'>['users'][number];

/** With what loading takes, a new trace is on the screen within two seconds. */
const LIVE_MS = 1000;
const views = ['traces', 'sessions', 'users'] as const;

/** What the systems of a client did: traces, sessions and users, with filters that live in the address. */
export default function ExplorePage({ client }: ClientPageProps) {
  const [params] = useParams();
  const view = views.find((one) => one === params.get('view')) ?? 'traces';
  return (
    <Page title="Traces" verdict="What the AI systems did, the latest first. New ones come by themselves.">
      <nav className="tabs" aria-label="Views">
        {views.map((one) => (
          <Link
            key={one}
            to={`/c/${client.id}/traces${withParams(location.search, { view: one === 'traces' ? null : one, before: null })}`}
            aria-current={one === view ? 'page' : undefined}
          >
            {one[0]!.toUpperCase() + one.slice(1)}
          </Link>
        ))}
      </nav>
      {view === 'traces' && <Traces client={client} />}
      {view === 'sessions' && <Sessions clientId={client.id} />}
      {view === 'users' && <Users clientId={client.id} />}
    </Page>
  );
}

function Traces({ client }: Pick<ClientPageProps, 'client'>) {
  const [params] = useParams();
  const before = params.get('before');
  const filter = filterOf(params);
  const input: Input<'telemetry.traces'> = { client: client.id, ...filter, ...(before && { before }) };
  const known = useCall('telemetry.traces', input, before ? {} : { everyMs: LIVE_MS });
  return (
    <>
      <Filters />
      <Answered known={known} rows={12}>
        {({ traces, next, lookedBackTo }) => (
          <>
            {traces.length > 0 ? (
              <TraceTable clientId={client.id} traces={traces} />
            ) : isFiltered(params) || before ? (
              <Empty title="No trace fits.">
                <Link className="button" to={`/c/${client.id}/traces`}>
                  Drop the filters
                </Link>
              </Empty>
            ) : (
              <Connect client={client} />
            )}
            {lookedBackTo && (
              <p className="hint">
                Looked back to <When at={lookedBackTo} absolute /> so far.
              </p>
            )}
            <Paging next={next} before={before} />
          </>
        )}
      </Answered>
    </>
  );
}

export function TraceTable({
  clientId,
  traces,
  ofOne = false,
}: {
  clientId: string;
  traces: readonly Trace[];
  /** Of one workflow, which the page names. */
  ofOne?: boolean;
}) {
  const columns: Column<Trace>[] = [
    { head: 'Trace', cell: ({ name }) => <Name of={name} />, text: 'name' },
    {
      head: 'Outcome',
      cell: ({ status }) => (status === 'error' ? <State kind="failing">failed</State> : <State kind="healthy">ok</State>),
    },
    { head: 'Began', cell: ({ startedAt }) => <When at={startedAt} /> },
    ...(ofOne ? [] : [workflowColumn]),
    { head: 'Model', cell: ({ models }) => <Cut text={models.join(', ')} />, wide: true, text: 'fill' },
    { head: 'User', cell: ({ user }) => <Cut text={user ?? ''} />, text: 'fill' },
    {
      head: 'Scores',
      cell: ({ scores }) => <Cut text={scores.map(({ name, value, label }) => `${name} ${label ?? value}`).join(', ')} />,
      wide: 'most',
      text: 'name',
    },
    { head: 'Steps', cell: ({ spanCount }) => count(spanCount), number: true, wide: 'most' },
    {
      head: 'Tokens in / out',
      cell: ({ inputTokens, outputTokens }) => tokens(inputTokens, outputTokens),
      number: true,
      wide: true,
    },
    { head: 'Cost', cell: ({ costUsd }) => money(costUsd), number: true },
    { head: 'Took', cell: ({ durationMs }) => duration(durationMs), number: true },
  ];
  return (
    <Table
      label="Traces"
      rows={traces}
      idOf={({ traceId }) => traceId}
      hrefOf={({ traceId }) => `/c/${clientId}/traces/${traceId}`}
      columns={columns}
    />
  );
}

const Cut = ({ text }: { text: string }) => (text === '' ? '–' : <Name of={text} />);
const workflowColumn: Column<Trace> = {
  head: 'Workflow',
  cell: ({ workflow }) => <Cut text={workflow ?? ''} />,
  text: 'fill',
};

const tokens = (input: number | null, output: number | null) =>
  input === null && output === null ? '–' : `${compact(input)} / ${compact(output)}`;

function Sessions({ clientId }: { clientId: string }) {
  const [params] = useParams();
  const before = params.get('before');
  const range = useRange();
  const input = { client: clientId, ...range.asked, ...(before && { before }) };
  const asked = useCall('telemetry.sessions', input, before ? {} : { everyMs: 5000 });
  const known = useStill(asked, `${range.name} ${before}`);
  return (
    <>
      <RangeChoice range={range} what="Sessions" />
      <Answered known={known}>
        {({ sessions, next }) => (
          <>
            {sessions.length === 0 ? (
              <Empty title={`No session in the last ${range.words}.`}>
                <p className="prose">
                  A session is a conversation. It shows here once spans carry <code>session.id</code> or{' '}
                  <code>gen_ai.conversation.id</code>.
                </p>
              </Empty>
            ) : (
              <Table
                label="Sessions"
                rows={sessions}
                idOf={({ session }) => session}
                hrefOf={({ session }) => `/c/${clientId}/traces${withParams('', { session })}`}
                columns={[
                  { head: 'Session', cell: ({ session }: Session) => <Name of={session} /> },
                  { head: 'User', cell: ({ user }) => <Cut text={user ?? ''} /> },
                  ...activity,
                ]}
              />
            )}
            <Paging next={next} before={before} />
          </>
        )}
      </Answered>
    </>
  );
}

function Users({ clientId }: { clientId: string }) {
  const [params] = useParams();
  const before = params.get('before');
  const range = useRange();
  const input = { client: clientId, ...range.asked, ...(before && { before }) };
  const asked = useCall('telemetry.users', input, before ? {} : { everyMs: 5000 });
  const known = useStill(asked, `${range.name} ${before}`);
  return (
    <>
      <RangeChoice range={range} what="Users" />
      <Answered known={known}>
        {({ users, next }) => (
          <>
            {users.length === 0 ? (
              <Empty title={`No user in the last ${range.words}.`}>
                <p className="prose">
                  End users show here once spans carry <code>user.id</code> (or what your library calls it).
                </p>
              </Empty>
            ) : (
              <Table
                label="Users"
                rows={users}
                idOf={({ user }) => user}
                hrefOf={({ user }) => `/c/${clientId}/traces${withParams('', { user })}`}
                columns={[
                  { head: 'User', cell: ({ user }: User) => <Name of={user} /> },
                  { head: 'Sessions', cell: ({ sessions }) => count(sessions), number: true },
                  ...activity,
                ]}
              />
            )}
            <Paging next={next} before={before} />
          </>
        )}
      </Answered>
    </>
  );
}

const ranges = { day: { days: 1, words: '24 hours' }, week: { days: 7, words: '7 days' }, month: { days: 28, words: '28 days' } };
const rangeNames = ['day', 'week', 'month'] as const;

/** What the address asks for: seven days, unless it says so. */
function useRange() {
  const [params] = useParams();
  const name = rangeNames.find((one) => one === params.get('range')) ?? 'week';
  const { days, words } = ranges[name];
  // To the minute, so that it is the same question for a while.
  const from = new Date(Math.floor(Date.now() / 60_000) * 60_000 - days * 86_400_000).toISOString();
  return { name, words, asked: { from } };
}

function RangeChoice({ range, what }: { range: ReturnType<typeof useRange>; what: string }) {
  const [, setParams] = useParams();
  return (
    <div className="row">
      <label>
        {what} of the last{' '}
        <select
          value={range.name}
          onChange={(event) => setParams({ range: event.target.value === 'week' ? null : event.target.value, before: null })}
        >
          {rangeNames.map((one) => (
            <option key={one} value={one}>
              {ranges[one].words}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

type Activity = Pick<Session, 'lastSeenAt' | 'workflows' | 'runs' | 'errors' | 'inputTokens' | 'outputTokens' | 'costUsd'>;
const activity: Column<Activity>[] = [
  { head: 'Last seen', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
  { head: 'Workflows', cell: ({ workflows }) => <Cut text={workflows.map(visible).join(', ')} />, wide: true, text: 'fill' },
  { head: 'Runs', cell: ({ runs }) => count(runs), number: true },
  {
    head: 'Failed',
    cell: ({ errors }) => (errors > 0 ? <State kind="failing">{counted(errors, 'run')}</State> : 'none'),
  },
  {
    head: 'Tokens in / out',
    cell: ({ inputTokens, outputTokens }) => tokens(inputTokens, outputTokens),
    number: true,
    wide: true,
  },
  { head: 'Cost', cell: ({ costUsd }) => money(costUsd), number: true },
];

function Paging({ next, before }: { next: string | null; before: string | null }) {
  const [, setParams] = useParams();
  if (!next && !before) return null;
  const turn = (event: FormEvent, to: string | null) => {
    event.preventDefault();
    setParams({ before: to });
    window.scrollTo(0, 0);
  };
  return (
    <div className="row">
      {before && <Button onClick={(event) => turn(event, null)}>The latest</Button>}
      {next && <Button onClick={(event) => turn(event, next)}>Older</Button>}
    </div>
  );
}
