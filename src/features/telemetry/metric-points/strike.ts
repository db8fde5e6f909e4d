import type { RawPoint } from '../otlp/index.ts';
import { addStruck, STRUCK, type Keeper } from '../privacy/index.ts';

type Resource = RawPoint['metric']['resource'];

/**
 * Strikes points as their client lets them be kept; what was struck is added to `sum`. What many share is struck once, so that it
 * is in memory once.
 */
export function pointStriker(keeper: Keeper, sum: Map<string, number>): (point: RawPoint) => RawPoint {
  const resources = new Map<Resource, Resource>();
  const metrics = new Map<RawPoint['metric'], RawPoint['metric']>();
  const resourceOf = (resource: Resource) =>
    remembered(resources, resource, () => ({ attributes: keeper.labels(resource.attributes, sum) }));
  const metricOf = (metric: RawPoint['metric']) =>
    remembered(metrics, metric, () => ({
      ...metric,
      // Names are what a chart asks for: one that holds a person's address is worth less than the address unkept.
      name: keeper.text(metric.name, sum),
      unit: keeper.text(metric.unit, sum),
      description: keeper.text(metric.description, sum),
      resource: resourceOf(metric.resource),
    }));
  return (point) => {
    const struck = new Map<string, number>();
    const attributes = keeper.labels(point.attributes, struck);
    addStruck(sum, struck);
    if (struck.size > 0) attributes.set(STRUCK, Object.fromEntries(struck));
    return { ...point, metric: metricOf(point.metric), attributes };
  };
}

function remembered<T>(known: Map<T, T>, given: T, make: () => T): T {
  let made = known.get(given);
  if (made === undefined) known.set(given, (made = make()));
  return made;
}
