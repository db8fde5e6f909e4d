import { useStill } from '../../../../ui/answers.ts';
import { TimeChart } from '../../../../ui/chart.tsx';
import { count, counted, duration, moment, money, percent, utcDay } from '../../../../ui/format.ts';
import { Answered, Empty, Page, Section, Since, State, When } from '../../../../ui/kit.tsx';
import { Link, useParams, withParams } from '../../../../ui/router.tsx';
import { Table } from '../../../../ui/table.tsx';
import { useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { TraceTable } from '../explore/index.tsx';
import './workflow.css';

type Workflow = Answer<'workflows.show'>;
type Timeline = Answer<'workflows.timeline'>;
type Metric = Timeline['metric'];

const metrics: Record<Exclude<Metric, 'score'>, { name: string; format: (value: number) => string }> = {
  errorRate: { name: 'Failed runs', format: percent },
  latency: { name: 'Time to answer', format: duration },
  costUsd: { name: 'Cost per run', format: money },
  tokens: { name: 'Tokens per run', format: (value) => count(Math.round(value)) },
  runs: { name: 'Runs', format: (value) => count(Math.round(value)) },
};
const grade = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const metricNames = Object.keys(metrics) as Exclude<Metric, 'score'>[];
/** What stands before the name of a score in the address, and in the choice of metrics. */
const ofScore = 'score:';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ranges = { day: 1, week: 7, month: 28, quarter: 90 } as const;
type Range = keyof typeof ranges;
const isRange = (name: string | null): name is Range => name !== null && name in ranges;

/** With what loading takes, a new trace is on the screen within two seconds. */
const LIVE_MS = 1000;

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
      <Answered known={known} rows={2}>
        {(workflow) => <Figures workflow={workflow} clientId={client.id} />}
      </Answered>
      {/* Asked for beside the above, not after it. */}
      {known.refusal?.code !== 'not_found' && (
        <>
          <TimelineSection clientId={client.id} name={name} scores={known.answer?.scores ?? []} />
          <Latest clientId={client.id} name={name} />
        </>
      )}
      {known.answer && (
        <div className="columns">
          <Models workflow={known.answer} clientId={client.id} name={name} />
          <Failures workflow={known.answer} clientId={client.id} />
          <Users workflow={known.answer} clientId={client.id} name={name} />
        </div>
      )}
    </Page>
  );
}

const Verdict = ({ workflow: { state, reason, stateSince } }: { workflow: Workflow }) => (
  <>
    <State kind={state} />
    {stateSince && (
      <>
        {' '}
        <Since at={stateSince} />
      </>
    )}{' '}
    · {reason}
  </>
);

interface Of {
  clientId: string;
  name: string;
}

/** The traces that a number counts. */
const tracesOf = ({ clientId, name }: Of, filter: Record<string, string | undefined> = {}) =>
  `/c/${clientId}/traces${withParams('', { workflow: name, ...filter })}`;

/** The whole minute, so that equal questions are asked once, and links stay as they are. */
const minuteNow = () => Math.floor(Date.now() / 60_000) * 60_000;
/** The four weeks that figures are of. */
const monthAgo = () => new Date(minuteNow() - 28 * DAY_MS).toISOString();

function Figures({
  workflow: { name, runs, errors, costUsd, firstSeenAt, lastSeenAt, stage, owner },
  clientId,
}: {
  workflow: Workflow;
  clientId: string;
}) {
  const of = { clientId, name };
  const from = monthAgo();
  return (
    <dl className="figures">
      <div>
        <dt>Runs, 28 days</dt>
        <dd>
          <Link to={tracesOf(of, { from })}>{count(runs)}</Link>
        </dd>
      </div>
      <div>
        <dt>Failed</dt>
        <dd>
          {runs > 0 ? percent(errors / runs) : '–'}{' '}
          <small>
            <Link to={tracesOf(of, { from, status: 'error' })}>{counted(errors, 'run')}</Link>
          </small>
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>
          {money(costUsd)}{' '}
          <small>{costUsd === null ? 'no price is known' : runs > 0 && `${money(costUsd / runs)} a run, 28 days`}</small>
        </dd>
      </div>
      <div>
        <dt>Last run</dt>
        <dd>
          <Link to={tracesOf(of)}>
            <When at={lastSeenAt} />
          </Link>
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

function TimelineSection({ clientId, name, scores }: { clientId: string; name: string; scores: Workflow['scores'] }) {
  const [params, setParams] = useParams();
  const chosen = params.get('metric') ?? '';
  const score = chosen.startsWith(ofScore) && chosen.length > ofScore.length ? chosen.slice(ofScore.length) : undefined;
  const metric = score === undefined ? (metricNames.find((one) => one === chosen) ?? 'errorRate') : 'score';
  // One that has not come in the last weeks can still be asked about.
  const names = new Set([...scores.map((one) => one.name), ...(score === undefined ? [] : [score])]);
  const given = params.get('range');
  const range: Range = isRange(given) ? given : 'month';
  const to = minuteNow() + 60_000;
  const from = to - ranges[range] * DAY_MS;
  const asked = useCall('workflows.timeline', {
    client: clientId,
    workflow: name,
    metric,
    ...(score !== undefined && { score }),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const known = useStill(asked, `${name} ${metric} ${score ?? ''} ${range}`);
  return (
    <Section
      title="Over time"
      acts={
        <div className="row">
          <label>
            <span className="sr">Metric</span>
            <select
              value={score === undefined ? metric : `${ofScore}${score}`}
              onChange={(event) => setParams({ metric: event.target.value })}
            >
              {metricNames.map((one) => (
                <option key={one} value={one}>
                  {metrics[one].name}
                </option>
              ))}
              {[...names].map((one) => (
                <option key={ofScore + one} value={ofScore + one}>
                  Score: {one}
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
      <Answered known={known}>
        {(timeline) => <Timeline timeline={timeline} score={score} from={from} to={to} of={{ clientId, name }} />}
      </Answered>
    </Section>
  );
}

function Timeline({
  timeline: { metric, bucket, points, changes },
  score,
  from,
  to,
  of,
}: {
  timeline: Timeline;
  score: string | undefined;
  from: number;
  to: number;
  of: Of;
}) {
  const bucketMs = bucket === 'day' ? DAY_MS : HOUR_MS;
  const { name, format } =
    metric === 'score' ? { name: `Score: ${score ?? ''}`, format: (value: number) => grade.format(value) } : metrics[metric];
  if (points.length === 0)
    return (
      <p className="hatched silent">
        {metric === 'score' ? 'No such score was given in this time.' : 'No run in this time. That is no sign of health.'}
      </p>
    );
  return (
    <>
      <TimeChart
        label={name}
        bucketMs={bucketMs}
        from={from}
        to={to}
        most={metric === 'errorRate' ? 1 : undefined}
        format={format}
        points={points.map((point) => ({ ...point, at: Date.parse(point.at) }))}
        hrefOf={
          // A score is charted by when it was given, which may be weeks after its trace.
          metric === 'score'
            ? undefined
            : ({ at }) => tracesOf(of, { from: new Date(at).toISOString(), to: new Date(at + bucketMs).toISOString() })
        }
        marks={changes.map(({ at, from: first, to: last, letter, direction }) => ({
          at: Date.parse(at),
          from: Date.parse(first),
          to: Date.parse(last),
          letter,
          bad: direction === 'worse',
        }))}
      />
      {changes.length === 0 ? (
        <p className="hint">No change was found in this time.</p>
      ) : (
        <ol className="changes">
          {changes.map(({ letter, sentence, direction, from: first, to: last }) => (
            <li key={letter}>
              <strong className={direction === 'worse' ? 'worse' : undefined}>{letter}</strong> {sentence}{' '}
              <span className="muted">
                {direction !== 'changed' && `${direction}; `}
                {certainty(Date.parse(first), Date.parse(last), bucketMs)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** How well the day of a change is known. */
const certainty = (from: number, to: number, bucketMs: number) => {
  const told = bucketMs >= DAY_MS ? utcDay : moment;
  return told(from) === told(to)
    ? 'dated to the ' + (bucketMs >= DAY_MS ? 'day' : 'hour')
    : `between ${told(from)} and ${told(to)}`;
};

function Latest({ clientId, name }: { clientId: string; name: string }) {
  const known = useCall('telemetry.traces', { client: clientId, workflow: name, limit: 10 }, { everyMs: LIVE_MS });
  return (
    <Section title="Latest traces">
      <Answered known={known}>
        {({ traces }) =>
          traces.length === 0 ? <p className="hint">None yet.</p> : <TraceTable clientId={clientId} traces={traces} ofOne />
        }
      </Answered>
    </Section>
  );
}

function Models({ workflow: { models }, ...of }: { workflow: Workflow } & Of) {
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
            { head: 'Model', cell: ({ model }) => <span title={model}>{model}</span>, text: 'name' },
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

function Failures({ workflow: { name, failures }, clientId }: { workflow: Workflow; clientId: string }) {
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

function Users({ workflow: { users }, ...of }: { workflow: Workflow } & Of) {
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
              cell: ({ user }) => <Link to={tracesOf(of, { user })}>{user}</Link>,
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
