import { expect, test } from 'vitest';
import { openSeen, type Seen, type SpanId } from './seen.ts';

const id = (n: number) => ({ traceId: (n >> 4).toString(16).padStart(32, '0'), spanId: n.toString(16).padStart(16, '0') });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => id(from + n));

function note(seen: Seen, client: string, spans: readonly SpanId[]) {
  const noting = seen.noting(client);
  const resent = spans.map((span) => noting.isResent(span));
  return { resent, resentCount: noting.resentCount, forget: () => noting.forget() };
}

test('a span is new once, for each client, also within one batch', () => {
  const seen = openSeen();
  expect(note(seen, 'a', [id(1), id(2), id(1)])).toMatchObject({ resent: [false, false, true], resentCount: 1 });
  expect(note(seen, 'a', [id(2), id(3)]).resent).toEqual([true, false]);
  expect(note(seen, 'b', [id(2)]).resent).toEqual([false]);
});

test('what was not kept is unknown again, and what had come before stays known', () => {
  const seen = openSeen();
  note(seen, 'a', [id(1)]);
  note(seen, 'a', [id(1), id(2), id(3)]).forget();
  expect(note(seen, 'a', [id(1), id(2), id(3)]).resent).toEqual([true, false, false]);
  expect(note(seen, 'a', [id(2)]).resent).toEqual([true]);
});

test('it grows without forgetting, up to its bound, and forgets the oldest first', () => {
  const seen = openSeen({ firstSlots: 16, largestSlots: 1024, mostSlots: 4096 });
  expect(note(seen, 'a', range(0, 1500)).resentCount).toBe(0);
  expect(note(seen, 'a', range(0, 1500)).resentCount).toBe(1500);
  expect(note(seen, 'a', range(1500, 20_000)).resentCount).toBe(0);
  expect(note(seen, 'a', range(18_000, 20_000)).resentCount).toBe(2000);
  expect(note(seen, 'a', range(0, 10)).resentCount).toBe(0);
});

test('half a million ids that differ in little are all told apart', () => {
  const seen = openSeen();
  expect(note(seen, 'a', range(0, 500_000)).resentCount).toBe(0);
  expect(note(seen, 'a', range(0, 500_000)).resentCount).toBe(500_000);
});

test('what comes at the same moment as one that is then refused is to be sent again, and is then the first', async () => {
  const seen = openSeen();
  const noting = (client: string, spans: readonly SpanId[]) => {
    const made = seen.noting(client);
    for (const span of spans) made.isResent(span);
    return made;
  };
  const first = noting('a', [id(1), id(2)]);
  const [second, apart, other] = [noting('a', [id(2), id(3)]), noting('a', [id(4)]), noting('b', [id(2)])];
  await Promise.all([apart.settled(), other.settled()]);
  const settled = second.settled();
  first.forget();
  await expect(settled).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  second.forget();
  expect(note(seen, 'a', [id(1), id(2), id(3)]).resentCount).toBe(0);
});

test('what comes at the same moment as one that is then kept was sent again', async () => {
  const seen = openSeen();
  const first = seen.noting('a');
  first.isResent(id(1));
  const second = seen.noting('a');
  expect(second.isResent(id(1))).toBe(true);
  const settled = second.settled();
  first.kept();
  await settled;
});
