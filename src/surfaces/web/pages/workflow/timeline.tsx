import { useStill } from '../../../../ui/answers.ts';
import { TimeChart } from '../../../../ui/chart.tsx';
import { count, duration, moment, money, percent, utcDay } from '../../../../ui/format.ts';
import { Answered, Section } from '../../../../ui/kit.tsx';
import { useParams } from '../../../../ui/router.tsx';
import { useCall, type Answer } from '../../call.ts';
import { DAY_MS, HOUR_MS, minuteNow, tracesOf, type Of } from './links.ts';

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

const ranges = { day: 1, week: 7, month: 28, quarter: 90 } as const;
type Range = keyof typeof ranges;
const isRange = (name: string | null): name is Range => name !== null && name in ranges;

/** What a workflow was like over time, and where it changed. */
export function TimelineSection({
  clientId,
  name,
  scores,
  stateMetric,
}: {
  clientId: string;
  name: string;
  /** What made the state of the workflow: it is shown first. */
  stateMetric: Exclude<Metric, 'score'> | null;
  scores: readonly { name: string }[];
}) {
  const [params, setParams] = useParams();
  const chosen = params.get('metric') ?? '';
  const score = chosen.startsWith(ofScore) && chosen.length > ofScore.length ? chosen.slice(ofScore.length) : undefined;
  const metric = score === undefined ? (metricNames.find((one) => one === chosen) ?? stateMetric ?? 'errorRate') : 'score';
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
