import type { Cut } from './copy.ts';
import type { z } from 'zod';
import type { Actor } from './access.ts';
import type { IntakeHealth } from './health.ts';
import type { LedgerLine, Tally } from './ledger.ts';
import type { Sql } from './sql.ts';

/** A company the practice serves, and the wall between it and the others. */
export interface Client {
  readonly id: string;
  readonly name: string;
}

/** A name as it is compared: without regard to case, and to two ways of writing one letter. */
export const foldName = (name: string) => name.normalize('NFKC').trim().toLowerCase();

/** A way to ask the telemetry store about one client. */
export interface WalledTelemetry {
  /** Asks a question. `{client:UUID}` must stand in it and is bound to the wall's client: another cannot be named. */
  rows<S extends z.ZodType>(shape: S): (sql: string, params?: Record<string, unknown>) => Promise<z.output<S>[]>;
}

/** The tables that telemetry goes into. */
export const telemetryTables = ['span', 'score', 'log_record', 'metric_point', 'ingest_ledger'] as const;
export type TelemetryTable = (typeof telemetryTables)[number];

/** Rows of a table, without their client: the wall puts it in. */
export interface RowsFor {
  readonly table: TelemetryTable;
  readonly rows: Iterable<object>;
}

/** Notes that the spans of a batch, or whatever has an id, have come, before they are kept. */
export interface Noting {
  /** Whether it had come before. What is sent again is told while it is among the latest some millions. */
  isResent(span: { readonly traceId: string; readonly spanId: string }): boolean;
  /** How many had. */
  readonly resentCount: number;
  /**
   * Throws `unavailable` when what they came again of has just been refused: then they are the first, and are to be sent once more.
   * Waits for those that are under way, which were noted before these.
   */
  settled(): Promise<void>;
  /** They are kept. This or `forget` has to be called. */
  kept(): void;
  /** They were not kept after all. */
  forget(): void;
}

/** How much a client sent, by the machine's clock. */
export interface Usage {
  readonly itemsThisMinute: number;
  /** Since midnight, UTC. */
  readonly bytesToday: number;
}

/** A process on the same stores. */
export interface ProcessState {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  readonly seenAt: Date;
  /** When it ended as it was told to. */
  readonly endedAt: Date | null;
  /** Seen within the last seconds. */
  readonly isLiving: boolean;
  readonly isThis: boolean;
  /** What waits in its spool, as it said last. */
  readonly spoolBytes: number;
}

/** What is noted of a request while its rows are read, and what the ledger says of it then. */
export interface Entered {
  readonly noting: Noting;
  tallies(): readonly Tally[];
}

/** A way to hand in telemetry of one client. */
export interface WalledIntake {
  noting(): Noting;
  /**
   * Keeps the rows of one request and its lines in the ledger, all or none; they are asked for once the rows were, one by one. On
   * disk when it returns. Throws `Problem`.
   */
  keep(tables: readonly RowsFor[], entry?: Entered): Promise<void>;
  /** The same for one request: its bytes, sent again to another process on these stores, are taken once. */
  request(body: Uint8Array): WalledIntake;
  /** How many items of each kind retention and erasures took away. */
  removed(): Promise<readonly RemovedItems[]>;
  /** What was kept of this client lately. */
  usage(): Usage;
  /** Which parts of this process's spool, in their order, still wait for the store; nothing: it has all that was kept here. */
  waitingParts(): { readonly oldest: number; readonly newest: number } | undefined;
  /** Notes in the ledger that a request was refused as a whole. */
  refused(reason: string): void;
  /** Runs a question while nothing moves from a spool, of any process, into the store: what waits, and what is there, add up. */
  whileStill<T>(ask: (waiting: readonly LedgerLine[]) => Promise<T>): Promise<T>;
}

/** A user, by SHA-256 of the salt and each of their names. */
export interface UserHashes {
  readonly userSalt: string;
  readonly userHashes: string[];
}

/** Which rows go: those that came before a time, those of some traces, or those whose attributes name a user, by hashes, until a time. */
export type Removed = { readonly before: Date } | { readonly traceIds: string[] } | (UserHashes & { readonly until: Date });

export type RemovalReason = 'retention' | 'erasure';

export interface RemovedItems {
  readonly kind: string;
  readonly reason: string;
  readonly items: number;
}

/** What becomes of what the disk changed so that it no longer says whose it is. */
export type Unsaid = 'goes' | 'stays';

/** Rows that were found, and that were left, by a count after it. */
export interface RowCounts {
  before: number;
  after: number;
}

/** A way to remove telemetry of one client for good. The wall says which client; a condition says what of it. */
export interface WalledRemoval {
  /** Runs several steps as one: no backup falls between them. Whoever also takes `whileStill` takes it inside. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Deletes rows of a table, and enters in the ledger what is gone. They are gone from disk when it returns. */
  remove(table: string, which: Removed, reason: RemovalReason): Promise<RowCounts>;
  /** Drops what of the client lies set aside on this process's disk, and came before then; answers how many batches that were. */
  setAside(before: Date): Promise<number>;
  /** Rewrites columns of rows. What they held is gone from disk when it returns. */
  change(table: string, what: `UPDATE ${string}`, condition: string, params?: Record<string, unknown>): Promise<void>;
  /** Makes the sums of charts anew from the spans as they are now, for all days that the period touches. */
  sumAgain(from: Date, to: Date): Promise<void>;
  /** The same of the sums of scores, which go by when a score was given. */
  sumScoresAgain(from: Date, to: Date): Promise<void>;
}

/** Both stores behind one wall. */
export interface Handles {
  readonly records: Sql;
  readonly telemetry: WalledTelemetry;
  /** Where verbs that write hand in telemetry; others cannot. */
  readonly intake: WalledIntake;
  /** Likewise. */
  readonly removal: WalledRemoval;
}

/** What the audit trail keeps of a write. Secrets have been struck from the input. */
export interface Deed {
  readonly operation: string;
  readonly actor: Actor;
  readonly at: Date;
  readonly input: unknown;
  /** It may take minutes. */
  readonly lasts?: boolean | undefined;
}

/**
 * The practice behind a context, and the only source of handles. A wall of nothing is the practice's own: it shows who the
 * clients are and what keys there are, and nothing else of a client.
 */
export interface Practice {
  /** The client of that id or name. */
  findClient(named: string): Promise<Client | undefined>;
  /** All clients, by name. Who asks may not see each of them: `standingAt` says. */
  clients(): Promise<Client[]>;
  /** Handles that cannot write. No connection is held between two questions. */
  reading(client: Client | null): Handles;
  /** Where telemetry of the client goes in. */
  receiving(client: Client): WalledIntake;
  /** Deletes all telemetry of a client, for good. */
  forget(client: Client): Promise<void>;
  /** Drops what of a client, also of one that is gone, lies set aside on this process's disk, and came before then; answers how much. */
  forgetAside(client: string, before: Date, unsaid?: Unsaid): Promise<number>;
  /** Keeps a note at once, whatever becomes of the work that it is for: in a transaction of its own, outside the trail. */
  noting<T>(client: Client | null, work: (records: Sql) => Promise<T>): Promise<T>;
  /** Runs a piece of work on a copy of everything at one moment: for a backup. Throws `conflict` while there is another. */
  cut<T>(work: (cut: Cut) => Promise<T>): Promise<T>;
  /** How the way into the telemetry store is, for everyone together. */
  health(): IntakeHealth;
  /** The processes on these stores. */
  processes(): Promise<ProcessState[]>;
  /** Runs the work in one transaction together with its entry in the audit trail: both are kept, or neither. */
  writing<T>(client: Client | null, deed: Deed, work: (handles: Handles) => Promise<T>): Promise<T>;
}

const noStore = (): never => {
  throw new Error('No store is open here: a verb of the terminal opens its own.');
};

/** What a verb of the terminal is handed, which works without a practice. */
export const closedHandles: Handles = {
  records: { rows: noStore, transaction: noStore },
  telemetry: { rows: noStore },
  intake: {
    noting: noStore,
    keep: noStore,
    request: noStore,
    removed: noStore,
    usage: noStore,
    waitingParts: noStore,
    refused: noStore,
    whileStill: noStore,
  },
  removal: { during: noStore, remove: noStore, setAside: noStore, change: noStore, sumAgain: noStore, sumScoresAgain: noStore },
};
