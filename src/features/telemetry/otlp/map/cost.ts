import { MOST_USD } from '../plausible.ts';
import type { Flag } from '../wire.ts';
import { numberOf, objectIn, type Facts } from './facts.ts';

interface GivenCost {
  givenCostUsd: number | null;
  givenCostSource: string | null;
}

const LANGFUSE = 'langfuse.observation.cost_details';

/** What the client says the call cost, in dollars, and the attribute that says so. */
export function costOf(facts: Facts, flags: Flag[]): GivenCost {
  const details = facts.costDetails === null ? null : objectIn(facts.costDetails);
  const [usd, source] = details ? [totalOf(details), LANGFUSE] : [numberOf(facts.cost), facts.costName];
  if (usd !== null && usd >= 0 && usd <= MOST_USD) return { givenCostUsd: usd, givenCostSource: source };
  if (facts.costDetails !== null || facts.cost !== null) flags.push('cost_invalid');
  return { givenCostUsd: null, givenCostSource: null };
}

/** The total that is given, else the sum of the parts; null when there are none. */
function totalOf(details: { readonly [key: string]: unknown }): number | null {
  const given = details['total'];
  if (typeof given === 'number') return given;
  const parts = Object.values(details).filter((part) => typeof part === 'number');
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}
