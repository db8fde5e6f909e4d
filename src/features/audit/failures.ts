/** What failed calls say: a fault of the provider is not one of the model. Pure. */

/** Most of the calls that failed say one kind of thing. */
export interface Failures {
  /** What most of them have in common; nothing where they name no fault of a provider. */
  fault: Fault | null;
  /** The message that comes most often, hostile. */
  message: string;
  /** Its share, or that of the fault. */
  share: number;
}

export type Fault = 'limit' | 'timeout' | 'outage';

// Of an exception or a sentence the words, of a column of codes the number alone.
const FAULTS: readonly [Fault, RegExp][] = [
  [
    'limit',
    /rate[ _-]?limit|too[ _-]?many[ _-]?requests|quota|resource[ _-]?exhausted|throttl|capacity|^\s*429(\.0)?\s*$|\b429\b/i,
  ],
  ['timeout', /time[ _-]?d?[ _-]?out|deadline[ _-]?exceeded|^\s*(408|504)(\.0)?\s*$|gateway[ _-]?time/i],
  [
    'outage',
    /overloaded|service[ _-]?unavailable|internal[ _-]?server|server[ _-]?error|bad[ _-]?gateway|connection[ _-]?(error|reset|refused|aborted)|^\s*5\d\d(\.0)?\s*$|\b(500|502|503|529)\b/i,
  ],
];

/** A flag says that a call failed, and not how. */
const FLAG = /^\s*(true|yes|y|[01](\.0)?|err(or)?|fail(ed|ure)?|fatal|critical)?\s*$/i;

/** At least this share of the failed calls must say it. */
const MOST = 0.6;

export function failuresOf(list: readonly { message: string; n: number }[]): Failures | null {
  const all = list.reduce((sum, { n }) => sum + n, 0);
  const first = list.filter(({ message }) => !FLAG.test(message)).toSorted((a, b) => b.n - a.n)[0];
  if (!first || all === 0) return null;
  const kinds = FAULTS.map(([fault]) => {
    const own = list.filter(({ message }) => faultOf(message) === fault);
    return { fault, own, n: own.reduce((sum, { n }) => sum + n, 0) };
  });
  const named = kinds.reduce((sum, { n }) => sum + n, 0);
  const most = kinds.toSorted((a, b) => b.n - a.n)[0]!;
  // Several faults of a provider at once are an outage.
  const fault = most.n >= MOST * all ? most.fault : named >= MOST * all ? 'outage' : null;
  const shown = fault ? (most.own.toSorted((a, b) => b.n - a.n)[0] ?? first) : first;
  return { fault, message: shown.message, share: shown.n / all };
}

const faultOf = (message: string) => FAULTS.find(([, pattern]) => pattern.test(message))?.[0] ?? null;
