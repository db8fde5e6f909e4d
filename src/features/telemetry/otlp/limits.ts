/** How much of a request is read. What passes a limit is left out and counted, or refuses the request where it must. */
export interface Limits {
  /** Of a body, also after decompression. */
  readonly bodyBytes: number;
  /** Spans, log records or points of metrics in one request; the rest is rejected and counted. */
  readonly items: number;
  /** Resources and scopes, each: so many in one request mean no good. */
  readonly groups: number;
  /** Attributes of one span that no convention knows. */
  readonly attributes: number;
  /** Attributes of one span that a convention knows: they carry tokens, models and messages, which must not fall to the limit above. */
  readonly knownAttributes: number;
  /** Attributes of one span that are looked at, of whatever name; those behind are passed over unread. */
  readonly attributesRead: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Of a value that carries what went into or came out of a model. */
  readonly textBytes: number;
  /** Values inside one list or map, at all levels together. */
  readonly nestedValues: number;
  readonly depth: number;
  /** Of a metric, which each of its points repeats. */
  readonly descriptionBytes: number;
  /** Buckets, bounds and quantiles of one point; all are left out where there are more. */
  readonly buckets: number;
  /** The same of one request. */
  readonly allBuckets: number;
  readonly events: number;
  readonly links: number;
  /** Objects and lists in a JSON body: each costs a hundred bytes of memory, however few of the body. */
  readonly jsonNodes: number;
}

const MIB = 1024 * 1024;

export const defaultLimits: Limits = {
  bodyBytes: 20 * MIB,
  items: 50_000,
  groups: 50_000,
  attributes: 128,
  knownAttributes: 2_048,
  attributesRead: 20_000,
  keyBytes: 256,
  valueBytes: 64 * 1024,
  textBytes: MIB,
  nestedValues: 1_000,
  depth: 32,
  descriptionBytes: 1024,
  buckets: 2_048,
  allBuckets: 2_000_000,
  events: 128,
  links: 128,
  jsonNodes: 1_000_000,
};
