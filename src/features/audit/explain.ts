import { attribute, categoricalDrift, explainMix, type SegmentStats } from '../../detect/index.ts';
import type { Cause, Finding } from './model.ts';
import { fromTo } from './report/format.ts';
import type { Judgement } from './judge.ts';
import { leastChange } from './metrics.ts';
import { named } from './report/text.ts';
import { changesSystem } from './newcomers.ts';
import { isMissing, type ColumnRole } from './outcome.ts';

/** One dimension on both sides of a change: the metric by value, and the rows by value. */
export interface Sides {
  dimension: string;
  before: ReadonlyMap<string, SegmentStats>;
  after: ReadonlyMap<string, SegmentStats>;
  /** What the column says of a call: unless told, what it was made with. */
  says?: ColumnRole;
  /** The same without the time in which the change may have come: a switch there may have caused it. */
  around?: Pick<Sides, 'before' | 'after'>;
  /** Values that came or went at another time than the change. */
  elsewhere?: ReadonlySet<string>;
}

export interface Explained {
  /** `mix` where every segment is steady and only their shares moved. */
  kind: Finding['kind'];
  cause: Cause | null;
  /** A clause that continues "…, ". */
  because: string | null;
  /** Of a mix, a value that was not there before, where it is served worse than the others: what it has from the start. */
  newcomer?: { value: string; mean: number };
  /** Of a change that one value carries: what it had itself; of a value that is new, what all had before it. */
  own?: { column: string; value: string; before: number; after: number; isNew?: true };
  /** What is said beside what the value had: that another column has a new value in its calls. */
  beside?: string;
}

const NEW_AFTER = 0.3;
const SEEN_BEFORE = 0.02;
/** Up to this share of the rows a value counts as not in use. */
const NOT_IN_USE = 0.005;
const STEADY_MIX = 0.8;

/**
 * Which column explains a change: a value that is new since then; else a moved mix of unchanged segments (Simpson's paradox); else
 * one value that carries most of it. In this order, as a new version would look like a moved mix. How a call came out explains nothing:
 * that more answers are without a category says that they are bad, not that other things were asked.
 */
export function explainChange(judgement: Judgement, given: readonly Sides[]): Explained {
  const { kind } = judgement;
  const sides = given.filter(({ says }) => says !== 'outcome');
  for (const side of sides.filter((one) => changesSystem(one.dimension, one.before, one.after))) {
    const fresh = newValue(side) ?? (side.around ? newValue({ ...side, ...side.around }) : null);
    if (fresh) return { kind, cause: fresh.cause, because: newWords(side.dimension, fresh) };
  }
  for (const side of sides.filter(({ says }) => says !== 'handling')) {
    const near = side.around ? { ...side, ...side.around } : side;
    const moved = comers(near, judgement) ?? movedMix(side, judgement.metric);
    if (moved && 'because' in moved) return moved;
    if (moved)
      return {
        kind: 'mix',
        cause: moved,
        because: `because more of the calls are ${named(side.dimension)} "${named(moved.value)}"${shares(side, moved.value)}; each ${named(side.dimension)} by itself is steady`,
      };
  }
  // In which answers it happened may be told, though it is not why.
  const carriers = [...sides, ...given.filter(({ says }) => says === 'outcome')].flatMap((side) => {
    const { carrier } = attribute(side.before, side.after);
    return carrier && !isMissing(carrier.segment) && !side.elsewhere?.has(carrier.segment)
      ? [asCarrier(judgement, side, carrier)]
      : [];
  });
  const [first] = carriers;
  if (!first) return { kind, cause: null, because: null };
  // A new prompt of one customer is the cause, and what that customer lost is told.
  const fresh = carriers.find(({ own }) => own?.isNew);
  const loser = carriers.find(({ own }) => own && !own.isNew);
  if (!fresh || !loser) return { kind, ...(fresh ?? first) };
  const beside = `since ${named(fresh.cause!.dimension)} "${named(fresh.cause!.value)}" is in use there`;
  return { kind, ...loser, cause: fresh.cause, because: beside, beside };
}

/** " (20 % → 60 %)": how many of the calls a value has. */
function shares({ before, after }: Sides, value: string): string {
  const of = (side: ReadonlyMap<string, SegmentStats>) => (side.get(value)?.n ?? 0) / Math.max(1, rows(side));
  return ` (${fromTo(of(before), of(after), 'rate')})`;
}

/** The value of a column that carries nearly all of a change. */
function asCarrier(judgement: Judgement, side: Sides, carrier: { segment: string; share: number }): Omit<Explained, 'kind'> {
  const { dimension, says } = side;
  return {
    cause: says === 'outcome' ? null : { dimension, value: carrier.segment, share: clamp(carrier.share) },
    because: `nearly all of it in ${named(dimension)} "${named(carrier.segment)}"${levels(judgement, side, carrier.segment)}`,
    ...(says === 'outcome' ? {} : ownOf(side, carrier)),
  };
}

/** " (92 % → 45 %)": what happened in the segment itself. */
function levels({ metric }: Judgement, { before, after }: Sides, segment: string): string {
  const [was, is] = [before.get(segment), after.get(segment)];
  return was && is ? ` (${fromTo(was.mean, is.mean, metric.unit)})` : '';
}

/** What one value had itself, where it carries nearly all of a change and enough of its rows show it. */
function ownOf(
  { dimension: column, before, after }: Sides,
  { segment: value, share }: { segment: string; share: number },
): Pick<Explained, 'own'> {
  const [was, is] = [before.get(value), after.get(value)];
  if (!is || is.n < FEWEST_OWN || share < NEARLY_ALL) return {};
  if (was && was.n >= FEWEST_OWN) return { own: { column, value, before: was.mean, after: is.mean } };
  if (was || !changesSystem(column, before, after) || rows(before) < FEWEST_OWN) return {};
  return { own: { column, value, before: meanOf(before), after: is.mean, isNew: true } };
}

const NEARLY_ALL = 0.8;
const FEWEST_OWN = 50;

const clamp = (share: number) => Math.min(1, Math.max(0, share));
const rows = (map: ReadonlyMap<string, SegmentStats>) => [...map.values()].reduce((sum, { n }) => sum + n, 0);

const CALENDAR_NAME = /(^|[_ ])(year|quarter|month|week|day|date|hour|weekday)s?($|[_ ])/i;
const CALENDAR_VALUE =
  /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?( \d{4})?$|^\d{4}[-/ ]?(w|q)?\d{1,2}([-/]\d{1,2})?$|^(q|w)\d{1,2}$|^(mon|tue|wed|thu|fri|sat|sun)[a-z]*$/i;

/** A column that only says when: its new values come with the date and explain nothing. */
export const isCalendar = (name: string, values: readonly string[]) =>
  CALENDAR_NAME.test(name) || (values.length > 0 && values.every((value) => CALENDAR_VALUE.test(value)));

interface Fresh {
  cause: Cause;
  /** Share of the rows before and since. */
  was: number;
  is: number;
}

/** A value that was hardly there before and has much of the rows since. */
function newValue({ dimension, before, after, elsewhere }: Sides): Fresh | null {
  const [n, m] = [rows(before), rows(after)];
  if (n === 0 || m === 0) return null;
  for (const [value, { n: now }] of after) {
    const [was, is] = [(before.get(value)?.n ?? 0) / n, now / m];
    if (value === '' || is < NEW_AFTER || was > SEEN_BEFORE || elsewhere?.has(value)) continue;
    const share = explainMix(before, after).topSegments.filter(({ segment, after }) => segment === value && after.n > 0)[0]
      ?.share;
    return { cause: { dimension, value, share: clamp(share !== undefined && share > 0 ? Math.max(share, is) : is) }, was, is };
  }
  return null;
}

const newWords = (dimension: string, { cause: { value }, was, is }: Fresh) =>
  was <= NOT_IN_USE
    ? `since ${named(dimension)} "${named(value)}" is in use`
    : `as ${named(dimension)} "${named(value)}" went from ${fromTo(was, is, 'rate')?.replace(' → ', ' to ')} of the calls`;

/** Only over values that stand on both sides and say something: what came, went or is missing is a change, not a mix. */
function movedMix({ dimension, before, after, elsewhere }: Sides, metric: Judgement['metric']): Cause | null {
  const shared = new Set([...before.keys()].filter((value) => after.has(value) && !isMissing(value)));
  const [was, is] = [only(before, shared), only(after, shared)];
  if (shared.size < 2 || rows(was) < STEADY_MIX * rows(before) || rows(is) < STEADY_MIX * rows(after)) return null;
  if (metric.kind === 'rate' && tellsOutcome([...was.values(), ...is.values()])) return null;
  const { verdict, mix, total, topSegments } = explainMix(was, is);
  const whole = explainMix(before, after).total;
  if (verdict !== 'mix' || total === 0 || mix / total < STEADY_MIX || whole === 0 || mix / whole < STEADY_MIX) return null;
  const grown = topSegments.filter(({ before, after }) => after.n / rows(is) > before.n / rows(was))[0];
  const value = grown?.segment ?? topSegments[0]?.segment ?? '';
  return elsewhere?.has(value) ? null : { dimension, value, share: clamp(mix / total) };
}

/**
 * Calls of values that were not there before, while those that were are steady: other calls, and no loss of quality. What the new ones
 * have from the start is told where it is worse.
 */
function comers({ dimension, before, after, elsewhere }: Sides, { metric }: Judgement): Explained | null {
  const known = (value: string) => !isMissing(value);
  const [was, is] = [only(before, keep(before, known)), only(after, keep(after, known))];
  const fresh = keep(is, (value) => !was.has(value));
  const old = only(is, new Set(was.keys()));
  if (fresh.size === 0 || changesSystem(dimension, was, is)) return null;
  if (rows(old) < Math.max(FEWEST_OLD, LEAST_OLD * rows(after))) return null;
  if (rows(was) < STEADY_MIX * rows(before) || rows(is) < STEADY_MIX * rows(after)) return null;
  if (metric.kind === 'rate' && tellsOutcome([...was.values(), ...is.values()])) return null;
  const { verdict, mix, total } = explainMix(was, is);
  const whole = explainMix(before, after).total;
  if (verdict !== 'mix' || total === 0 || mix / total < STEADY_MIX || whole === 0 || mix / whole < STEADY_MIX) return null;
  // The values that were there before must show by themselves that nothing happened to them.
  if (Math.abs(explainMix(only(was, new Set(old.keys())), old).within) > (1 - STEADY_MIX) * Math.abs(total)) return null;
  const [value, own] = [...only(is, fresh)].sort((a, b) => b[1].n - a[1].n)[0]!;
  if (elsewhere?.has(value)) return null;
  const usual = meanOf(was);
  const away = (own.mean - usual) * (metric.worse === 'up' ? 1 : -1);
  const material = leastChange(metric) * (metric.kind === 'value' ? Math.abs(usual) : 1);
  const share = fromTo(0, own.n / rows(after), 'rate')!.replace(' → ', ' to ');
  return {
    kind: 'mix',
    cause: { dimension, value, share: clamp(mix / total) },
    because: `because ${named(dimension)} "${named(value)}" is new, from ${share} of the calls; each ${named(dimension)} that was there before is steady`,
    ...(metric.worse !== null && away >= material ? { newcomer: { value, mean: own.mean } } : {}),
  };
}

/** So many calls of the values that were there before, and this share of all, must be left to show that they are steady. */
const FEWEST_OLD = 50;
const LEAST_OLD = 0.2;

const keep = (map: ReadonlyMap<string, SegmentStats>, wanted: (value: string) => boolean) =>
  new Set([...map.keys()].filter(wanted));
const meanOf = (map: ReadonlyMap<string, SegmentStats>) =>
  [...map.values()].reduce((sum, { n, mean }) => sum + n * mean, 0) / Math.max(1, rows(map));

/** A column whose values say of nearly every row whether it came out one way or the other is the outcome by another name. */
function tellsOutcome(list: readonly SegmentStats[]): boolean {
  const all = list.reduce((sum, { n }) => sum + n, 0);
  const mean = list.reduce((sum, { n, mean }) => sum + n * mean, 0) / Math.max(1, all);
  const wrong = list.reduce((sum, { n, mean }) => sum + n * Math.min(mean, 1 - mean), 0);
  return wrong <= MISTOLD * all * Math.min(mean, 1 - mean);
}

/** Of the rarer outcome, the values of such a column get at most this share wrong. */
const MISTOLD = 0.1;

const only = (map: ReadonlyMap<string, SegmentStats>, keep: ReadonlySet<string>) =>
  new Map([...map].filter(([value]) => keep.has(value)));

/** Other columns whose values moved at the same time: context, not cause. */
export function movedColumns(
  sides: readonly { dimension: string; before: ReadonlyMap<string, number>; after: ReadonlyMap<string, number> }[],
): string[] {
  return sides.filter(({ before, after }) => categoricalDrift(before, after).flagged).map(({ dimension }) => dimension);
}

/** Groups dated judgements that are one event: each within the slack of another of the group. */
export function groupByTime<T extends { judgement: Judgement }>(list: readonly T[], slackMs: number): T[][] {
  const groups: T[][] = [];
  for (const item of list.toSorted((a, b) => (a.judgement.at ?? 0) - (b.judgement.at ?? 0))) {
    const home = groups.find((group) => group.some((other) => together(item.judgement, other.judgement, slackMs)));
    if (home) home.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** One event moves a metric once, and a stall is an event of its own. */
function together(a: Judgement, b: Judgement, slackMs: number): boolean {
  if (a.kind === 'cohort' && b.kind === 'cohort')
    return a.against === b.against && JSON.stringify(a.segment) === JSON.stringify(b.segment);
  if (a.at === null || b.at === null || a.kind === 'stall' || b.kind === 'stall') return false;
  // More or fewer calls are not worse ones.
  if ((a.metric.kind === 'count') !== (b.metric.kind === 'count')) return false;
  if (a.kind === 'drift' || b.kind === 'drift') return a.kind === b.kind && Math.abs(a.at - b.at) <= 3 * slackMs;
  return Math.abs(a.at - b.at) <= slackMs || mayBeOn(a, b.at, slackMs) || mayBeOn(b, a.at, slackMs);
}

/** A date that is known to some days only may be that of another change; one that may be anywhere says nothing. */
const mayBeOn = ({ kind, interval, at: own }: Judgement, at: number, slackMs: number) =>
  kind === 'step' &&
  interval !== null &&
  interval[1] - interval[0] <= WIDEST * slackMs &&
  [own!, at].every((date) => date >= interval[0] && date <= interval[1]);

const WIDEST = 4;

/** What a model says about itself: the marks of a model that changed behind its name. */
const marks = new Set([
  'text',
  'output_length',
  'output_tokens',
  'latency_s',
  'format_valid_rate',
  'refusal_rate',
  'language',
  'language_match_rate',
  'score',
]);

/** What answers that were refused have less of. */
const followsRefusals = new Set(['text', 'output_length', 'output_tokens', 'latency_s', 'format_valid_rate']);

const elsewhere = new Set(['input_length', 'input_tokens', 'truncated_rate']);

/** Whether the model itself is the likely cause: several marks moved at once, and one name served before and after. */
export function changedBehindItsName(group: readonly Judgement[], models: Sides | undefined): Cause | null {
  const told = group.map(({ metric: { name } }) => (name.startsWith('score:') ? 'score' : name));
  // Refused answers and empty ones are short, quick and alike: where there are more of them, that is one mark.
  const short = told.some((name) => name === 'refusal_rate' || name === 'empty_rate');
  const moved = new Set(told.filter((name) => marks.has(name) && !(short && followsRefusals.has(name))));
  // Other questions have other answers, and a limit cuts those of any model.
  const asked = group.some(({ metric: { name } }) => elsewhere.has(name));
  // Answers of calls that the provider turns away, and those that come after, are his.
  const turnedAway = group.some(({ direction, failures }) => direction === 'worse' && failures?.fault);
  if (!models || moved.size < 3 || asked || turnedAway) return null;
  const total = rows(models.before) + rows(models.after);
  const top = [...models.after].filter(([value]) => models.before.has(value)).sort((a, b) => b[1].n - a[1].n)[0];
  if (!top) return null;
  const own = (models.before.get(top[0])?.n ?? 0) + top[1].n;
  return own / total >= STEADY_MIX ? { dimension: 'model', value: top[0], share: own / total } : null;
}
