import type { RawLog } from '../otlp/index.ts';
import { addStruck, STRUCK, type Keeper } from '../privacy/index.ts';

/** The record as its client lets it be kept; what was struck is added to `sum`. */
export function struckLog(log: RawLog, keeper: Keeper, sum: Map<string, number>): RawLog {
  const struck = new Map<string, number>();
  const attributes = keeper.attributes(log.attributes, struck);
  const body = keeper.body(log.body, struck);
  // By such a name it is known what a record is.
  const name = log.name.startsWith('gen_ai.') ? log.name : keeper.event(log.name, struck);
  const scope = { ...log.scope, name: keeper.text(log.scope.name, struck) };
  const resource = { attributes: keeper.labels(log.resource.attributes, struck) };
  const flags = body === null && log.body !== null ? [...log.flags, 'texts_dropped' as const] : log.flags;
  addStruck(sum, struck);
  if (struck.size > 0) attributes.set(STRUCK, Object.fromEntries(struck));
  return { ...log, name, attributes, body, resource, scope, flags };
}
