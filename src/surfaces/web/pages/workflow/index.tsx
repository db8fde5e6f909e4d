import { about, aboutCounted, money, percent, visible } from '../../../../ui/format.ts';
import { Answered, Empty, Page, Section, Since, State, When } from '../../../../ui/kit.tsx';
import { Link, useParams, withParams } from '../../../../ui/router.tsx';
import { useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { TraceTable } from '../explore/index.tsx';
import { monthAgo, tracesOf } from './links.ts';
import { Failures, Models, Users } from './tables.tsx';
import { TimelineSection } from './timeline.tsx';
import './workflow.css';

type Workflow = Answer<'workflows.show'>;

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
      title={visible(name)}
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
          <TimelineSection
            clientId={client.id}
            name={name}
            scores={known.answer?.scores ?? []}
            stateMetric={known.answer?.stateMetric ?? null}
          />
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
          <Link to={tracesOf(of, { from })}>{about(runs)}</Link>
        </dd>
      </div>
      <div>
        <dt>Failed</dt>
        <dd>
          {runs > 0 ? percent(errors / runs) : '–'}{' '}
          <small>
            <Link to={tracesOf(of, { from, status: 'error' })}>{aboutCounted(errors, 'run')}</Link>
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
