import type { Span } from '../span.ts';
import type { RawSpan, Resource, Value } from '../wire.ts';
import { costOf } from './cost.ts';
import type { Topic } from './convention.ts';
import { joinSystem, spokenIn, spokenInList } from './events.ts';
import { factsOf, label, labels, objectIn, textOf, type Facts } from './facts.ts';
import { callsModel, kindOf } from './kind.ts';
import { numberedText } from './numbered.ts';
import { numbered } from './precedence.ts';
import { promptOf } from './prompt.ts';
import { providerOf } from './provider.ts';
import { scoresOf } from './scores.ts';
import { outcomeOf } from './status.ts';
import { firstTokenMs, timingOf } from './timing.ts';
import { usageOf } from './usage.ts';

/** Reads the conventions into spans. One per request: what a resource says is read once for all its spans. */
export function spanMapper(): (raw: RawSpan) => Span {
  const resources = new WeakMap<Resource, Facts>();
  return (raw) => {
    let about = resources.get(raw.resource);
    if (!about) resources.set(raw.resource, (about = factsOf(raw.resource.attributes)));
    return toSpan(raw, factsOf(raw.attributes), about);
  };
}

function toSpan(raw: RawSpan, facts: Facts, about: Facts): Span {
  const flags = [...raw.flags];
  const kind = kindOf(raw.attributes, facts);
  const provider = providerOf(label(facts.provider));
  const { input, output } = textsOf(raw, facts);
  const requestModel = label(facts.requestModel);
  const { startedAt, durationMs } = timingOf(raw, flags);
  const { status, statusMessage } = outcomeOf(raw, facts, kind === 'tool' ? output : null);
  const usage = usageOf(facts, provider, raw.scope, flags);
  const { givenCostUsd, givenCostSource } = costOf(facts, flags);
  const { promptName, promptVersion } = promptOf(facts);
  // What a span does not say itself, its resource may.
  const say = (topic: Topic) => label(facts[topic]) ?? label(about[topic]);
  const service = say('service');
  // Field by field: objects spread into it took a tenth of the time in which a span is read.
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: raw.parentSpanId,
    name: raw.name,
    kind,
    startedAt,
    durationMs,
    status,
    statusMessage,
    provider,
    requestModel,
    model: label(facts.servedModel) ?? requestModel,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens,
    givenCostUsd,
    givenCostSource,
    costable: callsModel(kind),
    user: say('user') ?? inMetadata(facts, users),
    session: say('session') ?? inMetadata(facts, sessions),
    environment: say('environment'),
    release: say('release'),
    version: say('version'),
    service,
    // Phoenix's clients name a project and no service.
    workflow: say('workflow') ?? service ?? say('project'),
    traceName: say('traceName'),
    tags: facts.tags === null ? [] : tagsOf(facts.tags),
    promptName,
    promptVersion,
    responseId: label(facts.responseId),
    input,
    output,
    finishReasons: finishReasonsOf(raw, facts),
    scores: scoresOf(raw.attributes, raw.events, facts.numbered, flags),
    timeToFirstTokenMs: firstTokenMs(facts, raw.start),
    flags,
    attributes: raw.attributes,
    resource: raw.resource.attributes,
    scope: raw.scope,
    events: raw.events,
    links: raw.links,
  };
}

const users = ['user_id', 'userId'];
const sessions = ['session_id', 'sessionId', 'thread_id', 'conversation_id'];

/** What a framework passed on without knowing what it is. */
function inMetadata({ metadata }: Facts, names: readonly string[]): string | null {
  const object = metadata === null ? null : objectIn(metadata);
  const said = object && names.map((name) => object[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof said === 'string' ? said : null;
}

/** A list, or one text that names them one after the other. */
const tagsOf = (tags: Value) => labels(typeof tags === 'string' && !tags.startsWith('[') ? tags.split(/\s*,\s*/) : tags);

function textsOf(raw: RawSpan, facts: Facts) {
  const listed = facts.messageList === null ? null : spokenInList(facts.messageList);
  const spoken = raw.events.length > 0 ? spokenIn(raw.events) : null;
  const leaves = (prefixes: readonly string[]) => (facts.numbered ? numberedText(raw.attributes, prefixes) : null);
  return {
    input: inputOf(facts) ?? spoken?.input ?? listed?.input ?? leaves(numbered.input) ?? textOf(facts.laterInput),
    output: textOf(facts.output) ?? spoken?.output ?? listed?.output ?? leaves(numbered.output) ?? textOf(facts.laterOutput),
  };
}

const inputOf = ({ system, input }: Facts) => (system === null ? textOf(input) : joinSystem(system, input));

function finishReasonsOf(raw: RawSpan, facts: Facts): string[] {
  const first: Value = facts.numbered ? (raw.attributes.get('gen_ai.completion.0.finish_reason') ?? null) : null;
  return labels(facts.finishReasons ?? first);
}
