import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { PERIOD, type Judgement } from './judge.ts';
import type { ChangedWord } from '../../detect/index.ts';
import type { Explained } from './explain.ts';
import type { Failures, Fault } from './failures.ts';
import type { Cause, Finding } from './model.ts';
import { change as changeOf, counted, day, fromTo, quantity } from './report/format.ts';
import { named, place } from './report/text.ts';

/** What a judgement is called, in words a person would use. */

const segmentOf = (segment: Record<string, string>) =>
  Object.entries(segment)
    .map(([name, value]) => place(named(name), named(value)))
    .join(', ');

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** "Right answers fell from 84 % to 50 % on 3 June 2026". */
export function title(judgement: Judgement): string {
  const { metric, kind, at, until, stall, segment } = judgement;
  const where = segmentOf(segment) && kind !== 'cohort' ? ` for ${segmentOf(segment)}` : '';
  if (stall) return stallTitle(judgement, where);
  if (metric.name === 'text') return `The wording of answers changed on ${day(at ?? 0)}${where}`;
  const sides =
    fromTo(judgement.before?.mean ?? null, judgement.after?.mean ?? null, metric.unit)
      ?.replace(' → ', ' to ')
      .replace(' calls', '') ?? '';
  if (kind === 'cohort') return cohortTitle(judgement);
  if (judgement.recent) return `${recentTitle(judgement, where)}${ownLevels(judgement)}`;
  if (judgement.over !== undefined)
    return `${capital(metric.plain)} ${moved(judgement)} from ${sides} for ${hours(judgement.over - at!)}${where} from ${moment(at!)}${ownLevels(judgement)}`;
  if (judgement.movedTo !== undefined) return movedTitle(judgement);
  const when = kind === 'drift' ? `between ${day(at ?? 0)} and ${day(until ?? at ?? 0)}` : `on ${day(at ?? 0)}`;
  return `${capital(metric.plain)} ${moved(judgement)} from ${sides} ${when}${where}${ownLevels(judgement)}`;
}

/** ", for team legal from 0.1 % to 12 %": what a value had itself that carries nearly all of it. */
function ownLevels({ own, metric }: Judgement): string {
  if (!own) return '';
  if (own.isNew)
    return `, with ${quantity(own.after, metric.unit)} for ${place(named(own.column), named(own.value))}, which is new`;
  const sides = fromTo(own.before, own.after, metric.unit)?.replace(' → ', ' to ');
  return `, for ${place(named(own.column), named(own.value))} from ${sides}`;
}

/** "Number of calls is 19 a day instead of 50 since 31 August 2026 for customer acme". */
function recentTitle({ metric, at, before, after }: Judgement, where: string): string {
  const was = quantity(before?.mean ?? 0, metric.kind === 'count' ? 'score' : metric.unit);
  const is = metric.kind !== 'count' && isPlural(metric.plain) ? 'are' : 'is';
  return `${capital(metric.plain)} ${is} ${quantity(after?.mean ?? 0, metric.unit).replace(' calls', '')} instead of ${was} since ${moment(at ?? 0)}${where}`;
}

/** "Calls moved from workflow support to support-v2 on 1 July 2026". */
function movedTitle({ at, segment, movedTo }: Judgement): string {
  const [column = ''] = Object.keys(segment);
  return `Calls moved from ${segmentOf(segment)} to ${movedTo ? named(movedTo) : `other values of ${named(column)}`} on ${day(at ?? 0)}`;
}

/** "Right answers fell from 84 % with gpt-4-0314 to 50 % with gpt-4-0613"; without an order they only differ. */
function cohortTitle({ metric, before, after, change, segment, against, ordered }: Judgement): string {
  const [value = '', other] = [...Object.values(segment), against ?? ''].map(named);
  const [was, is] = [quantity(before?.mean ?? 0, metric.unit), quantity(after?.mean ?? 0, metric.unit)];
  // Periods read as they are; other values are what the calls were made with.
  const link = PERIOD in segment ? '' : 'with ';
  if (!ordered)
    return `${capital(metric.plain)} ${isPlural(metric.plain) ? 'differ' : 'differs'}: ${was} ${link}${other}, ${is} ${link}${value}`;
  return `${capital(metric.plain)} ${(change ?? 0) < 0 ? 'fell' : 'rose'} from ${was} ${link}${other} to ${is} ${link}${value}`;
}

/** "Right answers", "calls that failed", "tokens per answer", and not "length of answers". */
const isPlural = (name: string) => name.split(/ (?:per|of|in|that) /)[0]!.endsWith('s');

function stallTitle({ stall, at, until, interval }: Judgement, where: string): string {
  const length = hours((until ?? 0) - (at ?? 0));
  if (stall!.kind === 'silence') return `No calls${where} for ${length} from ${moment(at ?? 0)}`;
  const width = interval ? interval[1] - interval[0] : 0;
  // Days say on which of them calls were few, and not for how long.
  if (width < DAY_MS) return `Far fewer calls than usual${where} for ${length} from ${day(at ?? 0)}`;
  const last = (until ?? at ?? 0) - 1;
  return `Far fewer calls than usual${where} ${day(last) === day(at ?? 0) ? `on ${day(last)}` : `between ${day(at ?? 0)} and ${day(last)}`}`;
}

const hours = (ms: number) =>
  ms >= 2 * DAY_MS
    ? counted(Math.round(ms / DAY_MS), 'day')
    : ms >= 7_200_000
      ? counted(Math.round(ms / 3_600_000), 'hour')
      : counted(Math.max(1, Math.round(ms / 60_000)), 'minute');

function moved({ change, kind }: Judgement): string {
  if (kind === 'drift') return (change ?? 0) < 0 ? 'slid' : 'crept up';
  return (change ?? 0) < 0 ? 'fell' : 'rose';
}

/** A title that tells what carries it needs no other clause that does. */
export const becauseOf = ({ own }: Judgement, { because, beside }: Explained) => (own ? (beside ?? null) : because);

/** The finding in two or three sentences: what, how sure, why. */
export function explanation(
  judgement: Judgement,
  explained: Explained,
  alsoMoved: readonly string[],
  sharedWith: readonly Judgement[],
): string {
  const because = becauseOf(judgement, explained);
  const sentences = [`${title(judgement)}${because ? `, ${because}` : ''}.`];
  if (judgement.stall) {
    sentences.push(
      judgement.stall.kind === 'silence'
        ? `${judgement.stall.usualGapMs > 0 ? `The longest usual gap before and after is ${hours(judgement.stall.usualGapMs)}` : 'Calls came without such gaps before and after'}; about ${counted(judgement.stall.expected, 'call')} would have been expected.`
        : `${counted(judgement.stall.seen, 'call')} instead of about ${counted(judgement.stall.expected, 'call')}.`,
    );
  }
  if (isWeekdayOff(judgement)) sentences.push('Was it a public holiday?');
  const maybe = judgement.stall?.maybe;
  if (maybe && maybe !== 'holiday') sentences.push(maybeSentence(maybe));
  if (judgement.recent) sentences.push(recentSentence(judgement));
  if (judgement.over !== undefined) sentences.push(overSentence(judgement));
  if (judgement.words && judgement.words.length > 0) sentences.push(wordsSentence(judgement.words));
  if (judgement.failures && explained.because !== failuresClause(judgement.failures))
    sentences.push(failuresSentence(judgement.failures));
  if (judgement.newcomer) sentences.push(newcomerSentence(judgement, judgement.newcomer));
  if (judgement.note) sentences.push(judgement.note);
  if (judgement.split) sentences.push(splitSentence(judgement.split));
  // A metric that changed in several segments is told once.
  const others = [...new Set(sharedWith.map(({ metric }) => metric.plain))];
  if (others.length > 0)
    sentences.push(
      `${capital(list(others))} ${judgement.kind === 'cohort' ? `${others.length > 1 || isPlural(others[0]!) ? 'differ' : 'differs'} as well` : 'changed at the same time'}.`,
    );
  if (alsoMoved.length > 0) sentences.push(`The make-up of the calls by ${list(alsoMoved)} moved too.`);
  return sentences.join(' ');
}

/** "98 % of them with "RateLimitError"". */
export const failuresClause = ({ message, share }: Failures) => `${quantity(share, 'rate')} of them with "${named(message)}"`;

/** "Of the calls that failed since then, 98 % say "RateLimitError"." */
const failuresSentence = ({ message, share }: Failures) =>
  `Of the calls that failed since then, ${quantity(share, 'rate')} say "${named(message)}".`;

const faults: Record<Fault, string> = {
  limit: 'Check your rate limits and quota with the provider; retry with growing waits, spread the calls, or ask for more.',
  timeout:
    'Check the status of the provider and the time limit of the calls; retry those that time out, and shorten what is asked.',
  outage: 'Check the status of the provider; retry with growing waits, and keep a second provider for such times.',
};

/** "Right answers of tenant "megacorp" are 65 % from the start, against 90 % of the others before: worth a look." */
const newcomerSentence = ({ metric, before }: Judgement, { column, value, mean }: NonNullable<Judgement['newcomer']>) =>
  `${capital(metric.plain)} of ${named(column)} "${named(value)}": ${quantity(mean, metric.unit)} from the start, against ${quantity(before?.mean ?? 0, metric.unit)} of the others before; that is worth a look.`;

/** One silent weekday, alone or beside a weekend. */
function isWeekdayOff({ stall }: Judgement): boolean {
  if (stall?.kind !== 'silence' || stall.maybe || stall.to - stall.from < LEAST_DAY_MS) return false;
  const days = new Set<number>();
  for (let at = stall.from; at < stall.to; at += HOUR_MS) days.add(Math.floor(at / DAY_MS));
  // 1 January 1970 was a Thursday.
  const weekdays = [...days].filter((one) => (one + 3) % 7 < 5);
  return weekdays.length === 1;
}

const LEAST_DAY_MS = 20 * HOUR_MS;

/** "20 April 2026, 09:00 UTC"; of a day, the day. */
const moment = (ms: number) => (ms % DAY_MS === 0 ? day(ms) : `${day(ms)}, ${new Date(ms).toISOString().slice(11, 16)} UTC`);

const maybeSentence = (maybe: 'weekend' | 'night') =>
  `It may be no more than a ${maybe}: the log holds no other that would show whether calls come then.`;

/** "The log ends 4 days later: too recent to say whether it lasts." */
const recentSentence = ({ at, recent }: Judgement) =>
  `The log ends ${hours(recent!.to - (at ?? 0))} later: too recent to say whether it lasts.`;

/** "It was over by 20 April 2026, 16:00 UTC; 119 calls came in that time." */
const overSentence = ({ over, after }: Judgement) =>
  `It was over by ${moment(over!)}; ${counted(after?.n ?? 0, 'call')} came in that time.`;

/** "Of the calls of that time 48 % repeat the question of another one (3 % before): they may have been sent twice." */
export const repeatsSentence = (before: number, during: number) =>
  `Of the calls of that time ${quantity(during, 'rate')} repeat the question of another one (${quantity(before, 'rate')} before): they may have been sent twice.`;

/** "More answers hold "sorry" (2 % → 41 %); fewer hold "step" (80 % → 5 %)." */
function wordsSentence(words: readonly ChangedWord[]): string {
  const told = (one: ChangedWord) => `"${one.word}" (${fromTo(one.before, one.after, 'rate')})`;
  const [more, fewer] = [words.filter((one) => one.after > one.before), words.filter((one) => one.after < one.before)];
  const parts = [
    ...(more.length > 0 ? [`more answers hold ${list(more.slice(0, MOST_WORDS).map(told))}`] : []),
    ...(fewer.length > 0 ? [`fewer hold ${list(fewer.slice(0, MOST_WORDS).map(told))}`] : []),
  ];
  return `${capital(parts.join('; '))}.`;
}

const MOST_WORDS = 3;

/** "The split that was asked for shows it too: 90 % before 24 May 2026, 76 % since 24 May 2026 (−17 to −11 points)." */
function splitSentence({ metric, before, after, change, ci95, segment, against }: Judgement): string {
  const by = changeOf({ before: before?.mean ?? null, change, ci95, unit: metric.unit });
  const [was, is] = [quantity(before?.mean ?? 0, metric.unit), quantity(after?.mean ?? 0, metric.unit)];
  return `The split that was asked for shows it too: ${was} ${against}, ${is} ${segment[PERIOD]}${by ? `, ${by}` : ''}.`;
}

export const list = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** The one next step. */
export function action(judgement: Judgement, cause: Cause | null, lead: Judgement = judgement): string {
  const { metric, kind, direction } = judgement;
  if (judgement.stall?.maybe) return `Make sure that calls are not meant to come then.`;
  if (kind === 'stall') return 'Check the integration that sends these calls, and whether work was lost in that time.';
  if (judgement.movedTo !== undefined) return 'Make sure that the move was meant.';
  if (judgement.newcomer)
    return `Look at ${named(judgement.newcomer.column)} "${named(judgement.newcomer.value)}" by itself: it is at ${quantity(judgement.newcomer.mean, metric.unit)} from the start, and nothing got worse for the others.`;
  if (kind === 'mix')
    return `Look at the shares of ${cause ? named(cause.dimension) : 'the segments'}: nothing got worse in itself, but what is asked has changed.`;
  if (judgement.failures?.fault) return faults[judgement.failures.fault];
  if (kind === 'incident' && metric.kind === 'count')
    return 'Find out whether calls were sent twice or tried again in that time, and what they cost.';
  if (kind === 'incident') return 'Find out what happened in that time, and whether what failed then has to be done again.';
  // What came with a loss is not to be kept for itself.
  if (direction === 'better' && lead.direction === 'worse')
    return `It came with what got worse (${lead.metric.plain}): weigh both before you keep it or go back.`;
  if (direction === 'better' && metric.name === 'error_rate') return 'Note what ended it, so that it ends sooner next time.';
  if (direction === 'better') return 'Keep the change, and note what made it.';
  if (kind === 'cohort')
    return direction === 'worse'
      ? 'Compare rows of both before more traffic goes this way.'
      : 'Decide whether the difference is wanted.';
  if (cause?.dimension === 'model')
    return `Test ${named(cause.value)} against the version before, on the rows that show it; pin the version or go back.`;
  if (cause?.dimension === 'prompt_version')
    return `Go back to the prompt version before "${named(cause.value)}", or mend it on the rows that show it.`;
  if (metric.kind === 'count')
    return direction === 'worse'
      ? 'Ask whether fewer calls are wanted; if not, check the integration that sends them.'
      : 'Make sure the change was meant.';
  if (cause) return `Look at ${named(cause.dimension)} "${named(cause.value)}" first.`;
  if (metric.name === 'cost_usd') return 'Check the price list, the length of prompts and answers, and retries.';
  if (metric.name === 'truncated_rate' && direction === 'worse')
    return 'Check the limit of tokens (max_tokens), time limits and broken streams, and what shortens answers on their way.';
  if (metric.name.startsWith('language') && direction === 'worse')
    return 'Say in the prompt in which language to answer, and test it on questions in each.';
  if (metric.name === 'latency_s') return 'Check the provider, the length of answers, and what was deployed that day.';
  if (direction === 'worse')
    return 'Read the rows that show it, and ask what was changed that day: model, prompt, data or integration.';
  return 'Make sure the change was meant.';
}

/** How loud: *page* costs right answers now, *ticket* wants a look this week, *watch* is worth knowing. */
export function severity({ kind, metric, direction, stall, own, ...all }: Judgement): Finding['severity'] {
  // What few of the calls lose wholly is not made small by the others.
  const change = own ? own.after - own.before : all.change;
  const before = own ? { mean: own.before } : all.before;
  if (stall) return stall.maybe ? 'watch' : 'ticket';
  if (direction !== 'worse' || kind === 'mix' || change === null) return 'watch';
  // Who reads another language is not lost, but not served either.
  if (metric.name === 'language_match_rate' || metric.name === 'language') return 'ticket';
  // What is over wants a look, and nobody called.
  if (kind === 'incident') return 'ticket';
  if (metric.kind === 'rate') return Math.abs(change) >= 0.05 ? 'page' : 'ticket';
  const relative = before && before.mean > 0 ? Math.abs(change) / before.mean : 1;
  // Half a star of five is an eighth of its scale.
  if (metric.kind === 'grade') return Math.abs(change) >= 0.1 * (metric.scale?.range ?? 1) ? 'page' : 'ticket';
  return relative >= 1 ? 'page' : 'ticket';
}

const ONLY_TEXTS =
  'No score, time to answer, cost or error was found in this log, so whether answers are right, slow or dear cannot be told';

/** The first thing to say about a log. */
export function verdict(
  first: {
    title: string;
    because: string | null;
    moneyPerMonthUsd: number | null;
    direction: Finding['direction'];
    kind: Finding['kind'];
  } | null,
  found: number,
  judged: number,
  {
    rows,
    from,
    to = null,
    compared = 0,
    open = [],
    moved: slightly = [],
    textsOnly = false,
  }: {
    rows: number;
    from: number | null;
    to?: number | null;
    compared?: number;
    open?: readonly string[];
    moved?: readonly string[];
    /** No score, time to answer, cost or error was read. */
    textsOnly?: boolean;
  },
): string {
  if (rows === 0) return 'No row could be used, so nothing can be said.';
  if (!first && from === null && compared > 0) {
    return judged === 0
      ? 'The log has no times, and its groups hold too few rows to tell whether they differ.'
      : `The log has no times, and its groups do not differ by more than chance${open.length > 0 ? ' in what could be judged' : ''}.`;
  }
  if (!first && judged === 0) {
    return from === null
      ? 'The log has neither times nor a column to compare by, so it cannot show whether anything changed.'
      : rows > 1 && from === to
        ? 'All rows are of one and the same moment, so nothing can be said of a change.'
        : 'Too early to tell: there are too few rows, over too little time, to say whether anything changed.';
  }
  // Whoever reads one sentence only must not take this for an all-clear.
  if (!first && textsOnly)
    return `${ONLY_TEXTS}. What was read, texts and the number of calls, did not get worse${open.length > 0 ? ' as far as can be told' : ''}.`;
  if (!first && open.length > 0) {
    const rest = open.length > 2 ? [open[0]!, `${open.length - 1} more metrics`] : open;
    return slightly.length > 0
      ? `Nothing changed by as much as counts, though ${list(slightly)}; it is too early to tell for ${list(rest)}.`
      : `Nothing got worse in what could be judged, but it is too early to tell for ${list(rest)}.`;
  }
  if (!first && slightly.length > 0)
    return `Nothing changed by as much as counts, though ${list(slightly.slice(0, MOST_WORDS))}. Nothing else that could be judged moved.`;
  if (!first) return 'Nothing got worse: every metric that could be judged held steady.';
  const { moneyPerMonthUsd: usd } = first;
  const price = usd !== null && usd >= 1 ? ` That costs about ${quantity(usd, 'usd')} a month.` : '';
  const others = found > 1 ? ` ${found - 1 === 1 ? 'One more finding' : `${found - 1} more findings`} below.` : '';
  const opening =
    first.direction === 'worse' || first.kind === 'cohort'
      ? ''
      : first.kind === 'mix'
        ? 'Nothing got worse in itself. '
        : textsOnly
          ? `${ONLY_TEXTS}. `
          : 'Nothing got worse. ';
  return `${opening}${first.title}${first.because ? `, ${first.because}` : ''}.${price}${others}`;
}
