/** What one piece unpacks to at most. Pieces are a few megabytes; one of long texts may be more. */
export const MOST_PIECE_BYTES = 512 * 1024 ** 2;

/** Rows of a table, in a form that its store reads back exactly. */
export interface Piece {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** A table as it was at one moment. */
export interface CopiedTable {
  readonly name: string;
  /** In pieces of some megabytes. */
  readonly pieces: () => AsyncIterable<Piece>;
}

/** A table to be filled, which is empty. */
export interface FilledTable {
  readonly name: string;
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** What a sequence gave last. */
export interface Sequence {
  readonly name: string;
  readonly last: string;
}

/** A change of the tables that a store has had. */
export interface Applied {
  readonly name: string;
  readonly hash: string;
}

/** The records at one moment. */
export interface RecordsCopy {
  readonly migrations: readonly Applied[];
  readonly clients: readonly { readonly id: string; readonly name: string }[];
  readonly tables: readonly CopiedTable[];
  readonly sequences: readonly Sequence[];
  close(): Promise<void>;
}

/** The telemetry at one moment. */
export interface TelemetryCopy {
  readonly migrations: readonly Applied[];
  readonly tables: readonly (CopiedTable & {
    /** By client id. */
    readonly rowsByClient: Readonly<Record<string, number>>;
  })[];
}

/** Everything of both stores as it was at one moment, over every wall: for a backup, and nothing else. */
export interface Cut {
  readonly at: Date;
  readonly records: RecordsCopy;
  readonly telemetry: TelemetryCopy;
  /** Files of the spool: telemetry that was acknowledged and not yet in its store. */
  readonly waiting: readonly string[];
  /** For how long nothing was moved from the spool into the store. */
  readonly heldMs: number;
  /** Told when the stores are being closed. */
  readonly signal: AbortSignal;
}
