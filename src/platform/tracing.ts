import type { TracesConfig } from './config.ts';
import type { Log } from './log.ts';

type Said = Record<string, string | number | undefined>;

/** A piece of Steward's own work, while it lasts. What is said of it is ours: never a text that a client sent. */
export interface WorkSpan {
  say(attributes: Said): void;
  failed(): void;
  /**
   * Takes the word of the request of which trace it is part, and whether it is told of. Only once somebody was let in: a stranger
   * names no trace of the collector, and hides nothing.
   */
  believe(headers: Headers): void;
}

type Headers = { readonly [name: string]: string | string[] | undefined };

/** Steward's own traces, for whoever keeps it running. */
export interface Tracing {
  /** Runs work, and tells how long it took and whether it failed. */
  span<T>(
    asked: {
      name: string;
      attributes?: Said;
      /** Of a request that is answered. */
      isRequest?: boolean;
    },
    work: (span: WorkSpan) => Promise<T>,
  ): Promise<T>;
  /** Sends what is left, if somebody takes it. */
  close(): Promise<void>;
}

/** Work that is not told of. */
export const silent: WorkSpan = { say: () => undefined, failed: () => undefined, believe: () => undefined };

/** Where nobody asked for traces. */
export const noTracing: Tracing = { span: (_asked, work) => work(silent), close: async () => undefined };

/** The library is loaded only where traces were asked for. Throws `Problem` when it cannot be understood where to. */
export async function openTracing(config: TracesConfig | undefined, log: Log): Promise<Tracing> {
  if (!config) return noTracing;
  const { sendTraces } = await import('./send-traces.ts');
  return sendTraces(config, log);
}
