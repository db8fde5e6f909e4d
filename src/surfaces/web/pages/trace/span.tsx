import { Fragment, useState, type ReactNode } from 'react';
import { askAgain } from '../../../../ui/answers.ts';
import { Form, type Fields } from '../../../../ui/form.tsx';
import { count, duration, money, moment } from '../../../../ui/format.ts';
import { Button, CopyText, Section, State, TextField, When } from '../../../../ui/kit.tsx';
import { Link, withParams } from '../../../../ui/router.tsx';
import { call } from '../../call.ts';
import { messagesOf, prettyJson, type Message, type Part } from './conversation.ts';
import type { Span } from './index.tsx';

/** One step: the conversation first, then what it used, its scores, and all that the client sent. */
export function SpanView({ span, clientId, traceId }: { span: Span; clientId: string; traceId: string }) {
  return (
    <article className="span" aria-label={span.name}>
      <header className="span-head">
        <h2>{span.name}</h2>
        {span.status === 'error' && <State kind="failing">failed</State>}
      </header>
      {span.status === 'error' && span.statusMessage && <p className="failure">{span.statusMessage}</p>}
      <Facts span={span} clientId={clientId} traceId={traceId} />
      {span.flags.length > 0 && <Flags flags={span.flags} />}
      <Conversation span={span} />
      <Scores span={span} clientId={clientId} traceId={traceId} />
      <Raw title="Attributes" value={span.attributes} />
      <Raw title="Resource" value={span.resource} />
      <Raw title="Events" value={span.events} />
      <Raw title="Links" value={span.links} />
    </article>
  );
}

function Facts({ span, clientId, traceId }: { span: Span; clientId: string; traceId: string }) {
  const traces = (filter: Record<string, string>) => `/c/${clientId}/traces${withParams('', filter)}`;
  const filtered = (value: string | null, filter: string): ReactNode =>
    value === null ? null : <Link to={traces({ [filter]: value })}>{value}</Link>;
  const isSwapped = span.requestModel !== null && span.model !== null && span.requestModel !== span.model;
  const facts: [string, ReactNode][] = [
    ['Began', <When key="at" at={span.startedAt} absolute />],
    ['Took', duration(span.durationMs)],
    ['First token after', span.timeToFirstTokenMs === null ? null : duration(span.timeToFirstTokenMs)],
    ['Model', filtered(span.model, 'model')],
    ['Asked for', isSwapped ? span.requestModel : null],
    ['Provider', span.provider],
    ['Tokens in', span.inputTokens === null ? null : <TokensIn key="in" span={span} />],
    [
      'Tokens out',
      span.outputTokens === null
        ? null
        : `${count(span.outputTokens)}${span.reasoningTokens ? ` (${count(span.reasoningTokens)} reasoning)` : ''}`,
    ],
    ['Cost', span.costUsd === null ? (span.inputTokens === null ? null : 'unknown') : money(span.costUsd)],
    // The id of a price says nothing to a reader; the page of prices has it.
    ['Priced by', span.costSource?.replace(/^own price .*/, 'a price of the client’s own') ?? null],
    ['User', filtered(span.user, 'user')],
    ['Session', filtered(span.session, 'session')],
    ['Environment', filtered(span.environment, 'environment')],
    ['Prompt', span.promptName && `${span.promptName}${span.promptVersion ? ` v${span.promptVersion}` : ''}`],
    ['Release', span.release],
    ['Finished because', span.finishReasons.join(', ') || null],
    ['Tags', span.tags.join(', ') || null],
    ['Trace', <CopyText key="trace" text={traceId} label="the id of the trace" />],
    ['Step', <CopyText key="span" text={span.spanId} label="the id of the step" />],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, value]) =>
          value !== null &&
          value !== '' && (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}

function TokensIn({ span: { inputTokens, cachedInputTokens, cacheWriteTokens } }: { span: Span }) {
  const parts = [
    cachedInputTokens ? `${count(cachedInputTokens)} from the cache` : '',
    cacheWriteTokens ? `${count(cacheWriteTokens)} into it` : '',
  ].filter(Boolean);
  return (
    <>
      {count(inputTokens)}
      {parts.length > 0 && ` (${parts.join(', ')})`}
    </>
  );
}

const flagWords: Record<string, string> = {
  attributes_dropped: 'The client dropped attributes.',
  events_dropped: 'The client dropped events.',
  links_dropped: 'The client dropped links.',
  value_truncated: 'A value was too long and is cut.',
  too_deep: 'A value was nested too deeply and is cut.',
  invalid_utf8: 'A text was not valid UTF-8 and is mended.',
  parent_invalid: 'The id of its parent was not valid.',
  start_missing: 'It came without a beginning: the time of receipt stands in.',
  end_missing: 'It came without an end.',
  time_invalid: 'A time made no sense.',
  ends_before_start: 'It ended before it began.',
  longer_than_30_days: 'It claims to have taken more than 30 days.',
  tokens_invalid: 'A number of tokens made no sense.',
  cache_exceeds_input: 'More tokens from the cache than in all: they are counted on top.',
  input_excluded_cache: 'The client told input without cached tokens: they are added.',
  output_excluded_reasoning: 'The client told output without reasoning: it is added.',
  cost_invalid: 'A cost made no sense.',
};

const Flags = ({ flags }: { flags: readonly string[] }) => (
  <ul className="flags">
    {flags.map((flag) => (
      <li key={flag}>{flagWords[flag] ?? flag.replaceAll('_', ' ')}</li>
    ))}
  </ul>
);

function Conversation({ span }: { span: Span }) {
  const said = [
    ...(span.input === null ? [] : messagesOf(span.input, 'input')),
    ...(span.output === null ? [] : messagesOf(span.output, 'output')),
  ];
  if (said.length === 0) return <p className="hint">This step came without texts.</p>;
  return (
    <section className="conversation" aria-label="Conversation">
      {said.map((message, i) => (
        <MessageView key={i} message={message} />
      ))}
    </section>
  );
}

const MessageView = ({ message: { role, parts } }: { message: Message }) => (
  <div className={`message role-${/^(user|assistant|system|tool|developer|input|output)$/.exec(role ?? '')?.[0] ?? 'other'}`}>
    <h3>{role ?? 'text'}</h3>
    {parts.length === 0 ? <p className="hint">nothing said</p> : parts.map((part, i) => <PartView key={i} part={part} />)}
  </div>
);

const folds = { tool_call: 'calls', tool_result: 'answer of', reasoning: 'reasoning', other: 'other' };

/** Calls of tools and thoughts are folded to a line. */
function PartView({ part: { kind, name, text } }: { part: Part }) {
  if (kind === 'text') return <Text text={text} />;
  const line = kind === 'reasoning' ? folds.reasoning : `${folds[kind]} ${name ?? (kind === 'other' ? 'content' : 'a tool')}`;
  return (
    <details className="fold">
      <summary>
        {line} <span className="muted">{text.replaceAll(/\s+/g, ' ').slice(0, 80)}</span>
      </summary>
      <pre tabIndex={0} role="region" aria-label={line}>
        {prettyJson(text)}
      </pre>
    </details>
  );
}

const SHOWN_AT_ONCE = 4000;

function Text({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? text : text.slice(0, SHOWN_AT_ONCE);
  return (
    <>
      <p className="said">{shown}</p>
      {shown.length < text.length && <Button onClick={() => setWhole(true)}>Show all {count(text.length)} characters</Button>}
    </>
  );
}

function Scores({ span, clientId, traceId }: { span: Span; clientId: string; traceId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title="Scores" acts={<Button onClick={() => setOpen(!open)}>{open ? 'Leave it' : 'Add a score'}</Button>}>
      {span.scores.length === 0 && !open && <p className="hint">Nobody and nothing has judged this step yet.</p>}
      {span.scores.length > 0 && (
        <ul className="scores">
          {span.scores.map(({ id, name, value, label, source, explanation, at }) => (
            <li key={id}>
              <strong>{name}</strong> <span className="figure">{label ?? count(value)}</span>
              {label !== null && value !== null && label !== String(value) && <span className="muted"> ({value})</span>}{' '}
              <span className="muted">
                {source === null ? 'source not said' : source.replaceAll('_', ' ')}, {moment(at)}
              </span>
              {explanation && <p>{explanation}</p>}
            </li>
          ))}
        </ul>
      )}
      {open && <ScoreForm clientId={clientId} traceId={traceId} spanId={span.spanId} onDone={() => setOpen(false)} />}
    </Section>
  );
}

/** How long what was kept may take to be read back. */
const UNTIL_THERE_MS = 1500;

function ScoreForm({ onDone, ...about }: { clientId: string; traceId: string; spanId: string; onDone: () => void }) {
  const { clientId: client, traceId, spanId } = about;
  const save = async ({ text }: Fields) => {
    const explanation = text('explanation').trim();
    const said = text('value').trim();
    const value = said !== '' && Number.isFinite(Number(said)) ? Number(said) : said;
    const score = { client, traceId, spanId, name: text('name'), value, source: 'person' as const };
    await call('scores.create', { ...score, ...(explanation && { explanation }) });
    await new Promise((done) => setTimeout(done, UNTIL_THERE_MS));
    await askAgain('telemetry.trace ');
    onDone();
  };
  return (
    <Form act="Save the score" onSubmit={save}>
      <TextField label="What is judged" name="name" required maxLength={200} placeholder="correctness" autoFocus />
      <TextField label="Value" name="value" required maxLength={500} placeholder="1" hint="A number, true or false, or a word." />
      <TextField label="Why" name="explanation" maxLength={10_000} />
    </Form>
  );
}

/** Everything a client sent, as text and nothing else. */
function Raw({ title, value }: { title: string; value: Readonly<Record<string, unknown>> | readonly unknown[] }) {
  const size = Object.keys(value).length;
  if (size === 0) return null;
  return (
    <details className="fold raw">
      <summary>
        {title} <span className="muted">{count(size)}</span>
      </summary>
      {Array.isArray(value) ? (
        <pre tabIndex={0} role="region" aria-label={title}>
          {JSON.stringify(value, null, 2)}
        </pre>
      ) : (
        <dl className="attributes">
          {Object.entries(value).map(([name, of]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{typeof of === 'string' ? of : JSON.stringify(of)}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </details>
  );
}
