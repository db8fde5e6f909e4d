import { z } from 'zod';

/** Sums as the store answers them: what passed the largest number comes as nothing. Older releases took costs of any size. */

/** Beyond, no sum of costs, lengths or squares of scores is one, and what is reckoned with it would pass the largest number. */
const MOST_SUM = 1e60;

export const SumIfAny = z
  .number()
  .nullable()
  .transform((sum) => (sum !== null && Math.abs(sum) <= MOST_SUM ? sum : null));

export const Sum = SumIfAny.transform((sum) => sum ?? 0);
