import type { ColumnRef, Mapping } from '../telemetry/index.ts';

/**
 * What a column says of a call: how it came out, how it was handled on the way, or what it was made with. Only the last is asked
 * for by who sends calls, so only its shares can move without anything getting worse.
 */
export type ColumnRole = 'outcome' | 'handling' | 'input';

const ANSWER = words(
  'output response completion answer answered reply prediction predicted pred extracted parsed parse result results outcome',
);
const OUTCOME = words(
  'resolution resolved escalated escalation finish stop guardrail guardrails moderation blocked refused refusal verdict feedback rating thumbs success successful failed failure fail error errors valid validation correct passed accepted truncated csat handoff deflected',
);
const HANDLING = words(
  'cache cached caching retry retries retried fallback attempt attempts retrieved docs chunks passages hits steps turns iterations hops',
);
/** "Response format" is what was asked for, "customer status" who asked. */
const ASKED = words('format mode version schema language lang style limit max template');
const WHO = words('customer user account plan member membership subscription');

export function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** The words of a column's name. */
export const tokens = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);

/** By where it stands: inside the answer; else by its name. */
export function roleOf(segment: ColumnRef, { fields, conversation }: Pick<Mapping, 'fields' | 'conversation'>): ColumnRole {
  const { output } = fields;
  const own = tokens(segment.name);
  // What a response says of the system that made it is nothing of the answer.
  if (own.includes('fingerprint')) return 'input';
  if (output && !conversation && isInside(segment, output)) return 'outcome';
  const has = (list: ReadonlySet<string>) => own.some((word) => list.has(word));
  if (has(OUTCOME) || (has(ANSWER) && !has(ASKED)) || (own.includes('status') && !has(WHO))) return 'outcome';
  return has(HANDLING) ? 'handling' : 'input';
}

const isInside = (segment: ColumnRef, output: ColumnRef) =>
  segment.column === output.column && output.path.every((step, i) => segment.path[i] === step);

const MISSING = /^\s*(null|none|nan|n\/?a|nil|undefined|unknown|-+|invalid|error|failed)?\s*$/i;

/** Nothing was written, or a word for nothing: often because the answer gave nothing to write. */
export const isMissing = (value: string) => MISSING.test(value);
