import type { IncomingHttpHeaders } from 'node:http';
import type { Log } from './log.ts';
import type { Clock } from './clock.ts';
import type { Client, WalledIntake, WalledTelemetry } from './practice.ts';
import type { Problem } from './problem.ts';
import type { Sql } from './sql.ts';

/** What came in: the body as it was sent, no longer than the route takes. */
export interface Incoming {
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Outgoing {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Whose telemetry it is, and where it goes. */
export interface Receiving {
  readonly client: Client;
  readonly intake: WalledIntake;
  /** What was decided about this client, to be read. */
  readonly records: Sql;
  readonly telemetry: WalledTelemetry;
  readonly now: Clock;
  readonly log: Log;
}

/** What anybody is told at a path, whatever the method: that something is well there, or that it is not there. */
export interface Notice {
  /** Ends with a star for all paths below that are not taken. */
  readonly path: string;
  readonly status: 200 | 404;
  readonly body: object;
}

/**
 * A way in whose form is not ours to design, such as OTLP. It takes what keys with the scope `ingest` send; everything else is
 * an operation.
 */
export interface Route {
  /** Where it is asked, by POST. */
  readonly paths: readonly string[];
  readonly mostBytes: number;
  answer(receiving: Receiving, incoming: Incoming): Promise<Outgoing>;
  readonly notices?: readonly Notice[];
  /** A refusal in the words of the form. What may be tried again unchanged has status 503. */
  refuse(problem: Problem, status: number, headers: IncomingHttpHeaders): Outgoing;
}
