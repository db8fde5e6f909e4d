import { useMemo, type CSSProperties } from 'react';
import { compact, count, counted, duration, money, visible } from '../../../../ui/format.ts';
import { useKeys } from '../../../../ui/keys.ts';
import { Answered, Page, State, When } from '../../../../ui/kit.tsx';
import { go, Link, useParams, withParams } from '../../../../ui/router.tsx';
import { useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { SpanView } from './span.tsx';
import { treeOf, type Placed } from './tree.ts';
import './trace.css';

export type Trace = Answer<'telemetry.trace'>;
export type Span = Trace['spans'][number];

/** Late spans of a trace that is under way show up by themselves. */
const EVERY_MS = 2000;
const SETTLED_MS = 10 * 60_000;

/** One trace: its spans as a tree with a waterfall, and what the chosen one said, used and cost. */
export default function TracePage({ client, params: { trace: traceId = '' } }: ClientPageProps) {
  const known = useCall('telemetry.trace', { client: client.id, traceId }, { everyMs: EVERY_MS });
  const first = known.answer?.spans[0];
  const workflow = known.answer?.spans.find((span) => span.workflow !== null)?.workflow;
  return (
    <Page
      title={first ? visible(first.name) : 'Trace'}
      verdict={known.answer && first && <Verdict trace={known.answer} />}
      acts={
        <>
          {workflow && (
            <Link className="button" to={`/c/${client.id}/workflow${withParams('', { name: workflow })}`}>
              <span className="cut">{visible(workflow)}</span>
            </Link>
          )}
          <Link className="button" to={`/c/${client.id}/traces`}>
            All traces
          </Link>
        </>
      }
    >
      <Answered known={known} rows={10}>
        {(trace) => <Spans trace={trace} clientId={client.id} />}
      </Answered>
    </Page>
  );
}

function Verdict({ trace: { spans, spanCount, totals, scores } }: { trace: Trace }) {
  const failed = spans.filter(({ status }) => status === 'error');
  const root = spans[0]!;
  const isNew = Date.now() - Date.parse(root.receivedAt) < SETTLED_MS;
  return (
    <>
      {failed.length > 0 ? (
        <State kind="failing">
          {failed.length === 1 ? `${visible(failed[0]!.name)} failed` : `${count(failed.length)} steps failed`}
        </State>
      ) : (
        <State kind="healthy">no step failed</State>
      )}
      {' · '}
      <When at={root.startedAt} absolute={!isNew} /> · {duration(root.durationMs)} · {counted(spanCount, 'step')} ·{' '}
      {count(totals.inputTokens)} tokens in
      {totals.cachedInputTokens ? ` (${count(totals.cachedInputTokens)} cached)` : ''}, {count(totals.outputTokens)} out
      {totals.reasoningTokens ? ` (${count(totals.reasoningTokens)} reasoning)` : ''} ·{' '}
      {totals.costUsd === null ? 'cost unknown' : money(totals.costUsd)}
      {scores.length > 0 && ` · ${counted(scores.length, 'score')}`}
    </>
  );
}

function Spans({ trace, clientId }: { trace: Trace; clientId: string }) {
  const [params, setParams] = useParams();
  const placed = useMemo(() => treeOf(trace.spans), [trace.spans]);
  const asked = placed.find(({ span }) => span.spanId === params.get('span'));
  // What was said is looked for first; a wrapper often says nothing.
  const chosen = asked ?? placed.find(({ span }) => span.input !== null || span.output !== null) ?? placed[0];
  const at = chosen ? placed.indexOf(chosen) : -1;
  const move = (by: number) => {
    const next = placed[Math.max(0, Math.min(placed.length - 1, at + by))];
    if (!next) return;
    setParams({ span: next.span.spanId }, { replace: true });
    document.getElementById(`span-${next.span.spanId}`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys([
    { keys: 'j', does: 'Next step', run: () => move(1) },
    { keys: 'k', does: 'Step before', run: () => move(-1) },
    { keys: 'u', does: 'Up to the list of traces', run: () => go(`/c/${clientId}/traces`) },
  ]);
  return (
    <div className="trace">
      <nav className="steps" aria-label="Steps of the trace">
        <ol>
          {placed.map((one) => (
            <Step key={one.span.spanId} placed={one} chosen={one === chosen} />
          ))}
        </ol>
        {trace.spanCount > trace.spans.length && (
          <p className="hint">
            The first {count(trace.spans.length)} of {count(trace.spanCount)} steps.
          </p>
        )}
      </nav>
      {chosen && <SpanView key={chosen.span.spanId} span={chosen.span} clientId={clientId} traceId={trace.traceId} />}
    </div>
  );
}

/** A wrapper repeats what its calls say: beside it, it is no cost of its own. */
const costOf = ({ costUsd }: Span) => (costUsd === null ? '' : money(costUsd));

const tokensOf = ({ kind, inputTokens, outputTokens }: Span) =>
  kind === 'generation' && (inputTokens !== null || outputTokens !== null)
    ? `${compact(inputTokens)} / ${compact(outputTokens)}`
    : '';

function Step({ placed: { span, depth, start, length }, chosen }: { placed: Placed<Span>; chosen: boolean }) {
  const failed = span.status === 'error';
  const style = { '--depth': Math.min(depth, 12), '--start': start, '--length': length } as CSSProperties;
  return (
    <li id={`span-${span.spanId}`} style={style} className={failed ? 'step failed' : 'step'}>
      <Link
        to={location.pathname + withParams(location.search, { span: span.spanId })}
        aria-current={chosen ? 'true' : undefined}
      >
        <span className="step-name">
          <span className={`kind kind-${span.kind}`}>{span.kind}</span>
          <bdi className="step-title">{visible(span.name)}</bdi>
          {failed && <span className="step-failed">failed</span>}
        </span>
        <span className="step-figures">
          <span className="wide" title="tokens in / out">
            {tokensOf(span)}
          </span>
          <span>{duration(span.durationMs)}</span>
          <span>{costOf(span)}</span>
        </span>
        <span className="bar" aria-hidden="true">
          <span />
        </span>
      </Link>
    </li>
  );
}
