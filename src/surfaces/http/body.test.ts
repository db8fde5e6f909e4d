import { expect, test } from 'vitest';
import { openSpare } from '../../platform/spare.ts';
import { readWhole } from './body.ts';

const MIB = 1024 * 1024;

async function* pieces(...sizes: number[]) {
  let n = 0;
  for (const size of sizes) yield await Promise.resolve(Buffer.alloc(size, (n += 1)));
}
const whole = (...sizes: number[]) => Buffer.concat(sizes.map((size, n) => Buffer.alloc(size, n + 1)));

test.each([
  ['as it was promised', 300, [100, 200]],
  ['longer than promised', 10, [5, 100_000, 1, 3 * MIB]],
  ['shorter than promised', 5000, [1, 2]],
  ['empty', 0, []],
  ['of a length that nobody told', undefined, [70_000, 70_000]],
  ['promised beyond all measure', 2 ** 50, [10]],
])('a body %s', async (_, promised, sizes) => {
  const spare = openSpare({ most: 1, largestBytes: 16 * MIB });
  for (let n = 0; n < 2; n += 1) {
    const body = await readWhole(pieces(...sizes), 4 * MIB, { spare, ...(promised !== undefined && { promised }) });
    expect(body.equals(whole(...sizes))).toBe(true);
    spare.giveBack(body);
  }
});

test('the memory of a body that is too large is given back', async () => {
  let taken = 0;
  const { take, giveBack, first } = openSpare({ most: 2, largestBytes: 16 * MIB });
  const spare = {
    first,
    take: (bytes: number) => ((taken += 1), take(bytes)),
    giveBack: (bytes: Buffer) => ((taken -= 1), giveBack(bytes)),
  };
  await expect(readWhole(pieces(MIB, 1), MIB, { spare, promised: 100 })).rejects.toMatchObject({ code: 'too_large' });
  expect(taken).toBe(0);
});

test('whoever hangs up in the middle sent something that is no request, and the memory is given back', async () => {
  async function* cut() {
    yield await Promise.resolve(Buffer.alloc(10));
    throw new Error('aborted');
  }
  let taken = 0;
  const fresh = openSpare({ most: 2, largestBytes: MIB });
  const spare = {
    ...fresh,
    take: (bytes: number) => ((taken += 1), fresh.take(bytes)),
    giveBack: (bytes: Buffer) => ((taken -= 1), fresh.giveBack(bytes)),
  };
  await expect(readWhole(cut(), MIB, { spare })).rejects.toMatchObject({ code: 'invalid' });
  expect(taken).toBe(0);
});
