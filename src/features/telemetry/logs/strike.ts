import type { Attributes, RawLog } from '../otlp/index.ts';
import { addStruck, STRUCK, type Keeper } from '../privacy/index.ts';

/** The record as its client lets it be kept; what was struck is added to `sum`. */
export function struckLog(log: RawLog, keeper: Keeper, sum: Map<string, number>): RawLog {
  const struck = new Map<string, number>();
  const isMessage = log.name.startsWith('gen_ai.');
  const { dropTexts } = keeper.redaction;
  const given = dropTexts && isMessage ? namedAttributes(log.attributes) : log.attributes;
  const attributes = keeper.attributes(given, struck);
  const body = dropTexts && isMessage ? null : keeper.value(log.body, struck);
  // By such a name it is known what a record is.
  const name = isMessage ? log.name : keeper.text(log.name, struck);
  const scope = { ...log.scope, name: keeper.text(log.scope.name, struck) };
  const resource = { attributes: keeper.attributes(log.resource.attributes, struck) };
  addStruck(sum, struck);
  if (struck.size > 0) attributes.set(STRUCK, Object.fromEntries(struck));
  return { ...log, name, attributes, body, resource, scope };
}

/** Without those that make up the message itself, such as `content`. */
const namedAttributes = (attributes: Attributes): Attributes =>
  new Map([...attributes].filter(([name]) => name.startsWith('gen_ai.') || name === 'event.name'));
