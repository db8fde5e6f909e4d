/** What one request brought, for the ledger: received = kept + rejected. */
export interface Tally {
  readonly kind: TallyKind;
  readonly received: number;
  /** Of those that were kept, how many had come before. */
  readonly resent: number;
  readonly rejected: ReadonlyMap<string, number>;
  /** Of the body, as it was sent. */
  readonly bytes: number;
  /** 0 for what came beside something else: the request is counted there. */
  readonly requests?: 0 | 1;
  /** How many texts were struck, by the name of the pattern. */
  readonly struck?: ReadonlyMap<string, number>;
}

/** What is counted, by the name of its table. */
export type TallyKind = 'span' | 'log_record' | 'metric_point' | 'score';

export const ledgerOutcomes = ['received', 'resent', 'rejected', 'set_aside', 'refused', 'struck', 'removed'] as const;
export type LedgerOutcome = (typeof ledgerOutcomes)[number];

/** A line of the ledger: so many of a kind came to this, in this hour. */
export interface LedgerLine {
  readonly client_id: string;
  /** Its beginning, ISO. */
  readonly hour: string;
  readonly kind: string;
  readonly outcome: LedgerOutcome;
  readonly reason: string;
  readonly items: number;
  readonly requests: number;
  readonly bytes: number;
  /** It waits at another process, by what that one said last. */
  readonly isElsewhere?: boolean;
}

const HOUR_MS = 3_600_000;
export const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS).toISOString();

const nothing = { reason: '', items: 0, requests: 0, bytes: 0 };

/** The lines that a request adds. */
export function linesOf(
  client: string,
  at: Date,
  { kind, received, resent, rejected, bytes, requests = 1, struck }: Tally,
): LedgerLine[] {
  const of = { client_id: client, hour: hourOf(at), kind, ...nothing };
  return [
    { ...of, outcome: 'received', items: received, requests, bytes },
    ...(resent > 0 ? [{ ...of, outcome: 'resent', items: resent } as const] : []),
    ...Array.from(rejected, ([reason, items]) => ({ ...of, outcome: 'rejected', reason, items }) as const),
    ...Array.from(struck ?? [], ([reason, items]) => ({ ...of, outcome: 'struck', reason, items }) as const),
  ];
}

/** A request that was refused as a whole: nobody knows what was in it. */
export const refusalLine = (client: string, at: Date, reason: string): LedgerLine => ({
  client_id: client,
  hour: hourOf(at),
  kind: '',
  ...nothing,
  outcome: 'refused',
  reason,
  requests: 1,
});

/** Adds up lines that differ in their numbers only. */
export class LedgerSum {
  readonly #lines = new Map<string, { -readonly [K in keyof LedgerLine]: LedgerLine[K] }>();

  add(lines: readonly LedgerLine[], sign: 1 | -1 = 1): void {
    for (const line of lines) {
      const key = `${line.client_id} ${line.hour} ${line.kind} ${line.outcome} ${line.reason}`;
      const sum = this.#lines.get(key) ?? { ...line, items: 0, requests: 0, bytes: 0 };
      sum.items += sign * line.items;
      sum.requests += sign * line.requests;
      sum.bytes += sign * line.bytes;
      if (sum.items === 0 && sum.requests === 0 && sum.bytes === 0) this.#lines.delete(key);
      else this.#lines.set(key, sum);
    }
  }

  lines(): LedgerLine[] {
    return Array.from(this.#lines.values(), (line) => ({ ...line }));
  }
}
