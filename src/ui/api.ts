/** A failure as the server tells it: a sentence that says what to do, and the words of `platform/problem.ts`. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const WITHIN_MS = 30_000;

/** Sends JSON to this server and reads its answer. Throws `Refusal`. */
export const post = (path: string, body: unknown): Promise<unknown> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Reads JSON from this server. Throws `Refusal`. */
export const read = (path: string): Promise<unknown> => ask(path, {});

async function ask(path: string, how: RequestInit): Promise<unknown> {
  let reply: Response;
  try {
    // oxlint-disable-next-line no-restricted-globals -- from the browser to the server that the page came from
    reply = await fetch(path, { ...how, signal: AbortSignal.timeout(WITHIN_MS) });
  } catch {
    throw new Refusal('unreachable', 'Steward cannot be reached. Check that it runs and that you are online.');
  }
  const answer: unknown = await reply.json().catch(() => undefined);
  if (reply.ok) return answer;
  const { error } = (answer ?? {}) as { error?: { code?: string; message?: string; details?: unknown } };
  throw new Refusal(error?.code ?? 'internal', error?.message ?? `The server answered ${reply.status}.`, error?.details);
}
