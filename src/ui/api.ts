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
export async function post(path: string, body: unknown, cancel?: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.timeout(WITHIN_MS);
  const signal = cancel ? AbortSignal.any([limit, cancel]) : limit;
  let reply: Response;
  try {
    const headers = { 'content-type': 'application/json' };
    // oxlint-disable-next-line no-restricted-globals -- from the browser to the server that the page came from
    reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  } catch {
    if (cancel?.aborted) throw new Refusal('cancelled', 'Cancelled.');
    throw new Refusal('unreachable', 'Steward cannot be reached. Check that it runs and that you are online.');
  }
  const answer: unknown = await reply.json().catch(() => undefined);
  if (reply.ok) return answer;
  const { error } = (answer ?? {}) as { error?: { code?: string; message?: string; details?: unknown } };
  throw new Refusal(error?.code ?? 'internal', error?.message ?? `The server answered ${reply.status}.`, error?.details);
}
