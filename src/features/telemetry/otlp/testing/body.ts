import type { Doc } from './encode.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const SPAN = 'b7ad6b7169203331';
export const START = '1795221783834000000';

/** An attribute's value as OTLP writes it: text, whole number, other number, boolean, list, or what is an object already. */
export function value(of: unknown): Doc {
  if (typeof of === 'string') return { stringValue: of };
  if (typeof of === 'boolean') return { boolValue: of };
  if (typeof of === 'number') return Number.isInteger(of) ? { intValue: String(of) } : { doubleValue: of };
  return Array.isArray(of) ? { arrayValue: { values: of.map(value) } } : (of as Doc);
}

export const attributes = (of: Doc) => Object.entries(of).map(([key, item]) => ({ key, value: value(item) }));

export const event = (name: string, of: Doc = {}) => ({ name, timeUnixNano: START, attributes: attributes(of) });

/** A span of one second; the second argument overrides its fields. */
export const span = (of: Doc = {}, fields: Doc = {}): Doc => ({
  traceId: TRACE,
  spanId: SPAN,
  name: 'work',
  kind: 1,
  startTimeUnixNano: START,
  endTimeUnixNano: '1795221784834000000',
  attributes: attributes(of),
  ...fields,
});

export const traces = (spans: readonly Doc[], resource: Doc = {}, scope = 'test'): Doc => ({
  resourceSpans: [
    { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: scope, version: '1' }, spans }] },
  ],
});

/** One metric of each kind, with a point that says all that its kind can say. */
export const someMetrics = (of: Doc = {}, resource: Doc = {}): Doc => {
  const at = { startTimeUnixNano: START, timeUnixNano: '1795221784834000000', attributes: attributes(of) };
  const told = { description: 'what it is', unit: 's' };
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [
          {
            scope: { name: 'test', version: '1' },
            metrics: [
              {
                name: 'gauge',
                ...told,
                gauge: {
                  dataPoints: [
                    { ...at, asDouble: 0.5 },
                    { ...at, asInt: '-3' },
                  ],
                },
              },
              {
                name: 'sum',
                ...told,
                sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...at, asInt: '42' }] },
              },
              {
                name: 'histogram',
                ...told,
                histogram: {
                  aggregationTemporality: 1,
                  dataPoints: [
                    { ...at, count: '6', sum: 7.5, min: 0.5, max: 4, bucketCounts: ['1', '2', '3'], explicitBounds: [1, 2] },
                  ],
                },
              },
              {
                name: 'exponential',
                ...told,
                exponentialHistogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      ...at,
                      count: '7',
                      sum: -1,
                      scale: -2,
                      zeroCount: '1',
                      zeroThreshold: 0.25,
                      positive: { offset: -4, bucketCounts: ['1', '2'] },
                      negative: { offset: 3, bucketCounts: ['3'] },
                    },
                  ],
                },
              },
              {
                name: 'summary',
                ...told,
                summary: {
                  dataPoints: [
                    {
                      ...at,
                      count: '9',
                      sum: 10,
                      quantileValues: [
                        { quantile: 0.5, value: 1 },
                        { quantile: 0.99, value: 5 },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  };
};
