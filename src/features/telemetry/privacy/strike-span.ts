import { createHash } from 'node:crypto';
import { isCount, type Attributes, type RawEvent, type Score, type Span, type Value } from '../otlp/index.ts';
import { STRUCK, type Redaction, type Struck } from './model.ts';
import { strikerOf, type Striker } from './strike.ts';
import { isName, withoutTexts } from './texts.ts';

/** What a client does not want to be kept, ready to be applied. */
export interface Keeper {
  readonly redaction: Redaction;
  span(span: Span): Span;
  /** A user or session, as it is kept. */
  name(name: string): string;
  score<S extends Pick<Score, 'name' | 'label' | 'explanation'>>(score: S, struck?: Struck): S;
  /** Attributes of what happened, a log's for instance. */
  attributes(attributes: Attributes, struck: Struck): Attributes;
  /** Attributes of what it happened on, or of a number: they are no texts. */
  labels(attributes: Attributes, struck: Struck): Attributes;
  /** What was logged. */
  body(body: Value, struck: Struck): Value;
  /** What an event is called. */
  event(name: string, struck: Struck): string;
  text(text: string, struck: Struck): string;
}

/** Nothing when a client lets everything be kept. */
export function keeperOf(redaction: Redaction, clientId: string): Keeper | null {
  const { patterns, own, dropTexts } = redaction;
  if (patterns.length === 0 && own.length === 0 && !dropTexts) return null;
  const striker = strikerOf(redaction);
  return {
    redaction,
    span: (span) => struckSpan(dropTexts ? wordless(span) : span, striker, clientId),
    name: (name) => struckName(name, striker, new Map(), clientId),
    score: (score, struck = new Map()) => struckScore(dropTexts ? unexplained(score) : score, (given) => striker(given, struck)),
    attributes: (given, struck) => attributesOf(dropTexts ? withoutTexts(given) : given, striker, struck),
    labels: (given, struck) => attributesOf(given, striker, struck),
    body: (body, struck) => (dropTexts ? null : valueOf(body, striker, struck)),
    event: (name, struck) => (dropTexts && !isName(name) ? '' : striker(name, struck)),
    text: striker,
  };
}

/** Adds what was struck of one to the sum of many. */
export function addStruck(sum: Struck, struck: ReadonlyMap<string, number>): void {
  for (const [name, count] of struck) sum.set(name, (sum.get(name) ?? 0) + count);
}

/** The same of a span that `Keeper.span` made. */
export function addStruckOf({ attributes, flags }: Pick<Span, 'attributes' | 'flags'>, sum: Struck): void {
  if (flags.includes('struck')) addStruck(sum, new Map(Object.entries(attributes.get(STRUCK) as Record<string, number>)));
}

/** The span without what went into models, what came out of them, what was said of it, and what may be any of that. */
function wordless(span: Span): Span {
  const hadTexts = span.input !== null || span.output !== null;
  return {
    ...span,
    statusMessage: null,
    input: null,
    output: null,
    attributes: withoutTexts(span.attributes),
    events: span.events.map(wordlessEvent),
    scores: span.scores.map(unexplained),
    flags: hadTexts ? [...span.flags, 'texts_dropped'] : span.flags,
  };
}

const wordlessEvent = (event: RawEvent): RawEvent => ({
  ...event,
  name: isName(event.name) ? event.name : '',
  attributes: withoutTexts(event.attributes),
});

const unexplained = <S extends Pick<Score, 'explanation'>>(score: S): S => ({ ...score, explanation: null });

function struckSpan(span: Span, once: Striker, clientId: string): Span {
  const struck: Struck = new Map();
  const striker = remembering(once);
  const text = <T extends string | null>(given: T) => (given === null ? given : striker(given, struck));
  const name = (given: string | null) => (given === null ? null : struckName(given, striker, struck, clientId));
  const attributes = attributesOf(span.attributes, striker, struck);
  const result: Span = {
    ...span,
    name: text(span.name),
    statusMessage: text(span.statusMessage),
    input: text(span.input),
    output: text(span.output),
    user: name(span.user),
    session: name(span.session),
    traceName: text(span.traceName),
    // Names that a client gives, which stand in columns of their own beside the attribute they came from.
    environment: text(span.environment),
    release: text(span.release),
    version: text(span.version),
    service: text(span.service),
    workflow: text(span.workflow),
    promptName: text(span.promptName),
    promptVersion: text(span.promptVersion),
    scope: { ...span.scope, name: text(span.scope.name) },
    tags: span.tags.map((tag) => text(tag)),
    scores: span.scores.map((score) => struckScore(score, text)),
    events: span.events.map((event) => ({
      ...event,
      name: text(event.name),
      attributes: attributesOf(event.attributes, striker, struck),
    })),
    attributes,
    resource: attributesOf(span.resource, striker, struck),
    flags: [...span.flags],
  };
  if (struck.size === 0) return result;
  result.flags.push('struck');
  attributes.set(STRUCK, Object.fromEntries(struck));
  return result;
}

const struckScore = <S extends Pick<Score, 'name' | 'label' | 'explanation'>>(score: S, text: (given: string) => string): S => ({
  ...score,
  name: text(score.name),
  label: score.label === null ? null : text(score.label),
  explanation: score.explanation === null ? null : text(score.explanation),
});

/** A text stands in several places of one span: it is struck once, and counted once. */
function remembering(striker: Striker): Striker {
  const known = new Map<string, string>();
  return (text, struck) => {
    let out = known.get(text);
    if (out === undefined) known.set(text, (out = striker(text, struck)));
    return out;
  };
}

/** A user or session that was struck stays one of many: a hash behind it tells it from the others, and nothing else of it. */
export function struckName(given: string, striker: Striker, struck: Struck, clientId: string): string {
  const out = striker(given, struck);
  if (out === given) return given;
  return `${out} ${markOfName(given, clientId)}`;
}

/** What stands behind a name that was struck, whatever the rules were. */
export const markOfName = (given: string, clientId: string) =>
  createHash('sha256').update(`${clientId}\n${given}`).digest('hex').slice(0, 12);

function attributesOf(given: Attributes, striker: Striker, struck: Struck): Attributes {
  const kept: Attributes = new Map();
  for (const [name, value] of given)
    kept.set(
      nameOf(name, striker, struck, kept),
      typeof value === 'number' && isCount(name) ? value : valueOf(value, striker, struck),
    );
  return kept;
}

function valueOf(value: Value, striker: Striker, struck: Struck): Value {
  if (typeof value === 'string') return striker(value, struck);
  if (typeof value === 'number') return numberOf(value, striker, struck);
  if (Array.isArray(value)) return value.map((one) => valueOf(one, striker, struck));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.create(null) as { [key: string]: Value };
  const names = new Set<string>();
  for (const [name, one] of Object.entries(value)) {
    const struckName = nameOf(name, striker, struck, names);
    names.add(struckName);
    kept[struckName] = valueOf(one, striker, struck);
  }
  return kept;
}

const SHORTEST_STRUCK = 1_000_000;

/** The number of a card is one, however it is sent. Short ones are numbers of anything. */
function numberOf(value: number, striker: Striker, struck: Struck): Value {
  if (!Number.isInteger(value) || Math.abs(value) < SHORTEST_STRUCK) return value;
  const text = String(value);
  const out = striker(text, struck);
  return out === text ? value : out;
}

/** Words and counts between dots, as conventions name things: nothing of anybody stands in them. */
const isPlain = (name: string) => /^(?:[A-Za-z_-]+|\d{1,3})(?:\.(?:[A-Za-z_-]+|\d{1,3}))*$/.test(name);

/** Struck names of two things may be the same: neither takes the place of the other. */
function nameOf(given: string, striker: Striker, struck: Struck, taken: { has(name: string): boolean }): string {
  const out = isPlain(given) ? given : striker(given, struck);
  if (out === given) return given;
  let free = out;
  for (let n = 2; taken.has(free); n += 1) free = `${out} ${n}`;
  return free;
}
