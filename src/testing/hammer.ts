import { RawConnection, type RawAnswer, type RawRequest } from './raw-http.ts';

export interface Blow extends RawRequest {
  readonly kind: string;
}

export interface Hammering<R> {
  /** The next request; nothing when there were enough. */
  next: () => R | undefined;
  connections: number;
  /** Longer is a hang. */
  withinMs: number;
  /** The identifiers of what a 200 promised to keep. */
  promised: (request: R) => Promise<readonly string[]>;
  /** Called now and then. */
  look?: (answers: number) => void;
}

/** What came of it. */
export interface Dents {
  answers: number;
  /** How often each status was answered; 0: the server closed without an answer. */
  statuses: Map<number, number>;
  /** Answers that no request may get, however bad it is. */
  wrong: string[];
  kept: Set<string>;
}

const LOOK_EVERY = 500;
const MOST_WRONG = 1000;

/** Sends raw requests over several connections at once, each as soon as the last one there was answered. */
export async function hammer<R extends Blow>(url: string, work: Hammering<R>): Promise<Dents> {
  const dents: Dents = { answers: 0, statuses: new Map(), wrong: [], kept: new Set() };
  const oneConnection = async () => {
    const connection = new RawConnection(url);
    try {
      for (let request = work.next(); request; request = work.next()) {
        const answer = await sendFresh(connection, request, work.withinMs).catch((error: unknown) => {
          dents.wrong.push(`${request.kind}: ${String(error)}`);
          // Nobody is there any more.
          if (dents.wrong.length > MOST_WRONG) throw error;
          connection.close();
        });
        await note(dents, request, answer?.status ?? 0, work);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: work.connections }, oneConnection));
  return dents;
}

async function note<R extends Blow>(dents: Dents, request: R, status: number, { promised, look }: Hammering<R>): Promise<void> {
  dents.answers += 1;
  dents.statuses.set(status, (dents.statuses.get(status) ?? 0) + 1);
  // None at all: only where the request itself was broken off.
  const isWrong = status === 0 ? !request.isLast : status >= 500 && status !== 503;
  if (isWrong) dents.wrong.push(`${request.kind}: ${status}`);
  if (status === 200) for (const id of await promised(request)) dents.kept.add(id);
  if (dents.answers % LOOK_EVERY === 0) look?.(dents.answers);
}

/** A kept connection may have been closed for good reason, by what stood in the last request or for its age: once more. */
async function sendFresh(connection: RawConnection, request: RawRequest, withinMs: number): Promise<RawAnswer | undefined> {
  const answer = await connection.send(request, withinMs);
  if (answer || request.isLast || (request.after ?? 'wait') !== 'wait') return answer;
  return connection.send(request, withinMs);
}
