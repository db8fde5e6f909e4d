import type { SegmentStats } from '../../detect/index.ts';
import { tokens, words } from './outcome.ts';

/**
 * A value that was not there before: of a column that says with what calls are made it is a change of the system; of one that says
 * who asks, or what for, it brings other calls. Pure.
 */

const SYSTEM = words(
  'model models engine llm provider vendor deployment deploy deployed release build version versions revision commit sha branch env environment stage endpoint host hostname server node pod cluster instance gateway backend service sdk library config configuration settings experiment variant arm treatment flag rollout bucket pipeline agent chain graph tool retriever index embedding embeddings reranker prompt template temperature strategy algorithm quantization gpu hardware fingerprint',
);
const POPULATION = words(
  'customer customers client clients tenant account org organization organisation company brand user users team department task tasks type kind category topic intent subject product language lang locale country region market site channel source plan tier segment cohort audience persona industry',
);

const has = (name: string, list: ReadonlySet<string>) => tokens(name).some((word) => list.has(word));

/** A name without its version: a date, `-0613`, `v3`, `-latest`. */
const unversioned = (value: string) =>
  value.replace(/[-_@. ]?(v?\d{4}-?\d{2}-?\d{2}|\d{4}|v?\d+([.]\d+)+|v\d+|latest|preview|beta)$/i, '');

/** Of the share of a new value, the old ones that went with its coming must have had this much. */
const MADE_ROOM = 0.5;
/** The date of a change may be off by some days. */
const SEEN_BEFORE = 0.02;
/** Up to this share of what it had, a value counts as gone. */
const GONE = 0.1;

/** Whether values that are new in a column are a change of the system, whatever they brought. */
export function changesSystem(
  dimension: string,
  before: ReadonlyMap<string, SegmentStats>,
  after: ReadonlyMap<string, SegmentStats>,
): boolean {
  const who = has(dimension, POPULATION);
  if (has(dimension, SYSTEM) && !who) return true;
  const [n, m] = [rows(before), rows(after)];
  const share = (side: ReadonlyMap<string, SegmentStats>, all: number, value: string) =>
    (side.get(value)?.n ?? 0) / Math.max(1, all);
  const fresh = [...after.keys()].filter((value) => {
    const was = share(before, n, value);
    return was <= SEEN_BEFORE && was <= GONE * share(after, m, value);
  });
  if (fresh.length === 0) return false;
  const came = fresh.reduce((sum, value) => sum + share(after, m, value), 0);
  const left = [...before.keys()]
    .filter((value) => share(after, m, value) <= GONE * share(before, n, value))
    .reduce((sum, value) => sum + share(before, n, value), 0);
  if (left >= MADE_ROOM * came) return true;
  // Another version of a value that is there, in a column of any name.
  const known = new Set([...before.keys()].map(unversioned));
  return !who && fresh.some((value) => unversioned(value) !== value && known.has(unversioned(value)));
}

const rows = (map: ReadonlyMap<string, SegmentStats>) => [...map.values()].reduce((sum, { n }) => sum + n, 0);
