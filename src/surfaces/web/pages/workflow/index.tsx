import { TimeChart } from '../../../../ui/chart.tsx';
import { count, counted, duration, money, percent } from '../../../../ui/format.ts';
import { Answered, Empty, Page, Section, State, When } from '../../../../ui/kit.tsx';
import { Link, useParams, withParams } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { TraceTable } from '../explore/index.tsx';
import './workflow.css';

type Workflow = Answer<'workflows.show'>;
type Timeline = Answer<'workflows.timeline'>;
type Metric = Timeline['metric'];

const metrics: Record<Metric, { name: string; format: (value: number) => string }> = {
  errorRate: { name: 'Failed runs', format: percent },
  latency: { name: 'Time to answer', format: duration },
  costUsd: { name: 'Cost per run', format: money },
  tokens: { name: 'Tokens per run', format: (value) => count(Math.round(value)) },
  runs: { name: 'Runs', format: (value) => count(Math.round(value)) },
};
const metricNames = Object.keys(metrics) as Metric[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ranges = { day: 1, week: 7, month: 28, quarter: 90 } as const;
type Range = keyof typeof ranges;
const isRange = (name: string | null): name is Range => name !== null && name in ranges;

const LIVE_MS = 1500;

/** One workflow: is it well, since when not, what changed, and the latest of what it did. */
export default function WorkflowPage({ client }: ClientPageProps) {
  const [params] = useParams();
  const name = params.get('name') ?? '';
  const asked = { client: client.id, workflow: name };
  const known = useCall('workflows.show', asked, { everyMs: 10_000 });
  if (name === '')
    return (
      <Page title="Workflow">
        <Empty title="Which workflow?">
          <Link className="button" to={`/c/${client.id}`}>
            Choose one
          </Link>
        </Empty>
      </Page>
    );
  return (
    <Page
      title={name}
      verdict={known.answer && <Verdict workflow={known.answer} />}
      acts={
        <Link className="button" to={`/c/${client.id}/traces${withParams('', { workflow: name })}`}>
          All its traces
        </Link>
      }
    >
      <Answered known={known}>
        {(workflow) => (
          <>
            <Figures workflow={workflow} />
            <TimelineSection clientId={client.id} name={name} />
            <Latest clientId={client.id} name={name} />
            <div className="columns">
              <Models workflow={workflow} />
              <Failures workflow={workflow} clientId={client.id} />
              <Users workflow={workflow} clientId={client.id} name={name} />
            </div>
          </>
        )}
      </Answered>
    </Page>
  );
}

const Verdict = ({ workflow: { state, reason } }: { workflow: Workflow }) => (
  <>
    <State kind={state} /> · {reason}
  </>
);

function Figures({ workflow: { runs, errors, costUsd, firstSeenAt, lastSeenAt, stage, owner } }: { workflow: Workflow }) {
  return (
    <dl className="figures">
      <div>
        <dt>Runs, 28 days</dt>
        <dd>{count(runs)}</dd>
      </div>
      <div>
        <dt>Failed</dt>
        <dd>
          {runs > 0 ? percent(errors / runs) : '–'} <small>{counted(errors, 'run')}</small>
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>
          {money(costUsd)} <small>{costUsd !== null && runs > 0 && `${money(costUsd / runs)} a run`}</small>
        </dd>
      </div>
      <div>
        <dt>Last run</dt>
        <dd>
          <When at={lastSeenAt} />
        </dd>
      </div>
      <div>
        <dt>Stage</dt>
        <dd>
          {stage}{' '}
          <small>
            {owner ?? 'nobody owns it'}, first seen <When at={firstSeenAt} />
          </small>
        </dd>
      </div>
    </dl>
  );
}

/** The whole minute, so that equal questions are asked once. */
const minuteNow = () => Math.floor(Date.now() / 60_000) * 60_000;

function TimelineSection({ clientId, name }: { clientId: string; name: string }) {
  const [params, setParams] = useParams();
  const metric = metricNames.find((one) => one === params.get('metric')) ?? 'errorRate';
  const given = params.get('range');
  const range: Range = isRange(given) ? given : 'month';
  const to = minuteNow() + 60_000;
  const from = to - ranges[range] * DAY_MS;
  const known = useCall('workflows.timeline', {
    client: clientId,
    workflow: name,
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  return (
    <Section
      title="Over time"
      acts={
        <div className="row">
          <label>
            <span className="sr">Metric</span>
            <select value={metric} onChange={(event) => setParams({ metric: event.target.value })}>
              {metricNames.map((one) => (
                <option key={one} value={one}>
                  {metrics[one].name}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span className="sr">Range</span>
            <select value={range} onChange={(event) => setParams({ range: event.target.value })}>
              <option value="day">1 day</option>
              <option value="week">7 days</option>
              <option value="month">28 days</option>
              <option value="quarter">90 days</option>
            </select>
          </label>
        </div>
      }
    >
      <Answered known={known}>{(timeline) => <Timeline timeline={timeline} from={from} to={to} />}</Answered>
    </Section>
  );
}

function Timeline({ timeline: { metric, bucket, points, changes }, from, to }: { timeline: Timeline; from: number; to: number }) {
  const { name, format } = metrics[metric];
  if (points.length === 0) return <p className="hatched silent">No run in this time. That is no sign of health.</p>;
  return (
    <>
      <TimeChart
        label={name}
        bucketMs={bucket === 'day' ? DAY_MS : HOUR_MS}
        from={from}
        to={to}
        most={metric === 'errorRate' ? 1 : undefined}
        format={format}
        points={points.map(({ at, value, n }) => ({ at: Date.parse(at), value, n }))}
        marks={changes.map(({ at, letter, direction }) => ({ at: Date.parse(at), letter, bad: direction === 'worse' }))}
      />
      {changes.length === 0 ? (
        <p className="hint">No change was found in this time.</p>
      ) : (
        <ol className="changes">
          {changes.map(({ letter, sentence, direction }) => (
            <li key={letter}>
              <strong className={direction === 'worse' ? 'worse' : undefined}>{letter}</strong> {sentence}
              {direction !== 'changed' && <span className="muted"> {direction}</span>}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Latest({ clientId, name }: { clientId: string; name: string }) {
  const known = useCall('telemetry.traces', { client: clientId, workflow: name, limit: 10 }, { everyMs: LIVE_MS });
  return (
    <Section title="Latest traces">
      <Answered known={known}>
        {({ traces }) =>
          traces.length === 0 ? <p className="hint">None yet.</p> : <TraceTable clientId={clientId} traces={traces} />
        }
      </Answered>
    </Section>
  );
}

function Models({ workflow: { models } }: { workflow: Workflow }) {
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
            { head: 'Model', cell: ({ model }) => model },
            { head: 'Calls', cell: ({ calls }) => count(calls), number: true },
            { head: 'Cost', cell: ({ costUsd }) => money(costUsd), number: true },
            { head: 'Last used', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Failures({ workflow: { failures }, clientId }: { workflow: Workflow; clientId: string }) {
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
                <Link to={`/c/${clientId}/traces/${traceId}`}>{message || `${spanName} failed`}</Link>
              ),
            },
            { head: 'Times', cell: ({ count: times }) => count(times), number: true },
            { head: 'Last', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Users({ workflow: { users }, clientId, name }: { workflow: Workflow; clientId: string; name: string }) {
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
              cell: ({ user }) => <Link to={`/c/${clientId}/traces${withParams('', { workflow: name, user })}`}>{user}</Link>,
            },
            { head: 'Runs', cell: ({ runs }) => count(runs), number: true },
            { head: 'Failed', cell: ({ errors }) => count(errors), number: true },
            { head: 'Last seen', cell: ({ lastSeenAt }) => <When at={lastSeenAt} /> },
          ]}
        />
      )}
    </Section>
  );
}
