import { z } from 'zod';
import { tidy } from '../prices/index.ts';

/** Sums as the store answers them: what passed the largest number comes as nothing. Older releases took costs of any size. */

/** Beyond, no sum of costs, lengths or squares of scores is one, and what is reckoned with it would pass the largest number. */
const MOST_SUM = 1e60;

export const SumIfAny = z
  .number()
  .nullable()
  .transform((sum) => (sum !== null && Math.abs(sum) <= MOST_SUM ? sum : null));

/** Of money: without what binary fractions leave. */
export const UsdIfAny = SumIfAny.transform((usd) => (usd === null ? null : tidy(usd)));

export const Sum = SumIfAny.transform((sum) => sum ?? 0);

/** The same, of one that is there already. */
export const sumOf = (sum: number | null) => (sum !== null && Math.abs(sum) <= MOST_SUM ? sum : 0);

/** Many numbers at once: a schema of each takes longer than what is reckoned with them. */
export const Numbers = z.custom<readonly number[]>((of) => Array.isArray(of) && of.every((one) => typeof one === 'number'));

/** Many sums at once, for `sumOf`. */
export const Sums = z.custom<readonly (number | null)[]>(
  (of) => Array.isArray(of) && of.every((one) => typeof one === 'number' || one === null),
);
