import { expect, test } from 'vitest';
import { killRepeatedly, victims } from './testing/kills.ts';

test.each(victims)('kill -9 of the %s, 3 times at random moments: every acknowledged row is there', async (victim) => {
  const outcome = await killRepeatedly(victim, 3, 300);

  expect(outcome).toMatchObject({ lost: { telemetry: 0, records: 0 }, partial: 0 });
  expect(outcome.acknowledged.telemetry).toBeGreaterThan(3);
  expect(outcome.acknowledged.records).toBeGreaterThan(3);
});
