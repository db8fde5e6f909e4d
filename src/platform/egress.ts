import { Problem, unavailable } from './problem.ts';

const WITHIN_MS = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface Answer {
  status: number;
  text: string;
}

/**
 * The one way by which a byte leaves for another machine. For now only to an address that the person at the terminal named;
 * addresses that are kept in the stores will need theirs looked at first. Follows no redirect: the key is for this address alone.
 * Throws `unavailable` when nobody answers.
 */
export async function post(url: string, headers: Record<string, string>, body: string): Promise<Answer> {
  // oxlint-disable-next-line no-restricted-globals -- this is the place
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(WITHIN_MS),
  }).catch((cause: unknown) => Promise.reject(unavailable(`Nobody answers at ${new URL(url).origin}.`, cause)));
  return { status: answer.status, text: await textOf(answer) };
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new Problem('too_large', 'The answer is too large. Ask for less.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
