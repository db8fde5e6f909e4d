import type { RawPoint } from '../otlp/index.ts';
import { STRUCK, type Keeper } from '../privacy/index.ts';

type Resource = RawPoint['metric']['resource'];

/** Strikes points as their client lets them be kept. What many share is struck once, so that it is in memory once. */
export function pointStriker(keeper: Keeper): (point: RawPoint) => RawPoint {
  const resources = new Map<Resource, Resource>();
  const metrics = new Map<RawPoint['metric'], RawPoint['metric']>();
  const resourceOf = (resource: Resource) =>
    remembered(resources, resource, () => ({ attributes: keeper.attributes(resource.attributes, new Map()) }));
  const metricOf = (metric: RawPoint['metric']) =>
    remembered(metrics, metric, () => ({
      ...metric,
      description: keeper.text(metric.description, new Map()),
      resource: resourceOf(metric.resource),
    }));
  return (point) => {
    const struck = new Map<string, number>();
    const attributes = keeper.attributes(point.attributes, struck);
    if (struck.size > 0) attributes.set(STRUCK, Object.fromEntries(struck));
    return { ...point, metric: metricOf(point.metric), attributes };
  };
}

function remembered<T>(known: Map<T, T>, given: T, make: () => T): T {
  let made = known.get(given);
  if (made === undefined) known.set(given, (made = make()));
  return made;
}
