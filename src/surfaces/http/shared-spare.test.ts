import { expect, test } from 'vitest';
import { openSpare } from '../../platform/spare.ts';
import { eventually } from '../../stores/testing/temp.ts';
import { readWhole } from './body.ts';
import { shareSpare } from './shared-spare.ts';

const MIB = 1024 * 1024;
const piece = Buffer.alloc(MIB);

/** A body that stops short of its end, until it is told to go on. */
function unfinished(pieces: number) {
  let end = () => undefined as void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  async function* body() {
    for (let n = 0; n < pieces; n += 1) yield await Promise.resolve(piece);
    await ended;
  }
  return { body: body(), end };
}

test('bodies that never end fill one client’s share of the memory, and what is done with is there again', async () => {
  const spareOf = shareSpare(openSpare({ most: 4, largestBytes: 4 * MIB }), 32 * MIB);
  const noisy = Array.from({ length: 20 }, () => unfinished(3));
  let refused = 0;
  const spares = noisy.map(() => spareOf('noisy'));
  const reading = noisy.map(({ body }, n) =>
    readWhole(body, 16 * MIB, { spare: spares[n]! }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'unavailable' });
      refused += 1;
      return undefined;
    }),
  );
  await eventually(() => Promise.resolve(refused > 8));
  const quiet = spareOf('quiet');
  const whole = await readWhole(Array.of(piece, piece) as never, 16 * MIB, { spare: quiet });
  expect(whole).toHaveLength(2 * MIB);
  quiet.giveBack(whole);
  for (const { end } of noisy) end();
  const done = await Promise.all(reading);
  done.forEach((body, n) => body && spares[n]!.giveBack(body));
  // All of it is there again: eight tenths are what one may have.
  const later = spareOf('noisy');
  const most = later.take(25 * MIB);
  expect(() => later.take(4 * MIB)).toThrow('Too much telemetry');
  later.giveBack(most);
});
