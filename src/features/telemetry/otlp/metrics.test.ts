import { expect, test } from 'vitest';
import { decodeMetrics, defaultLimits, type Limits } from './index.ts';
import { attributes, someMetrics, START } from './testing/body.ts';
import { encodeJson, encodeMetrics, type Doc } from './testing/encode.ts';

const metricsOf = (metrics: readonly Doc[]): Doc => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });

/** What both encodings say, which is the same. */
function both(doc: Doc, limits: Limits = defaultLimits) {
  const decoded = decodeMetrics(encodeMetrics(doc), 'protobuf', limits);
  expect(decodeMetrics(encodeJson(doc), 'json', limits)).toEqual(decoded);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded;
}

test('every kind of point, with all that it says', () => {
  const { items, received, rejected } = both(someMetrics({ 'user.id': 'u1' }, { 'service.name': 's' }));
  expect({ received, rejected }).toEqual({ received: 6, rejected: 0 });
  expect(items.map(({ metric }) => [metric.name, metric.kind, metric.temporality, metric.isMonotonic])).toEqual([
    ['gauge', 'gauge', null, false],
    ['gauge', 'gauge', null, false],
    ['sum', 'sum', 'cumulative', true],
    ['histogram', 'histogram', 'delta', false],
    ['exponential', 'exponential_histogram', 'cumulative', false],
    ['summary', 'summary', null, false],
  ]);
  expect(items[0]).toMatchObject({
    metric: {
      description: 'what it is',
      unit: 's',
      resource: { attributes: new Map([['service.name', 's']]) },
      scope: { name: 'test' },
    },
    startAt: { ms: 1795221783834, ns: 0 },
    at: { ms: 1795221784834, ns: 0 },
    value: 0.5,
    count: null,
    sum: null,
    attributes: new Map([['user.id', 'u1']]),
    flags: [],
  });
  expect(items.map(({ value }) => value)).toEqual([0.5, -3, 42, null, null, null]);
  expect(items[3]).toMatchObject({ count: 6, sum: 7.5, min: 0.5, max: 4, bounds: [1, 2], bucketCounts: [1, 2, 3] });
  expect(items[4]).toMatchObject({
    count: 7,
    sum: -1,
    min: null,
    exponential: {
      scale: -2,
      zeroCount: 1,
      zeroThreshold: 0.25,
      positiveOffset: -4,
      positiveCounts: [1, 2],
      negativeOffset: 3,
      negativeCounts: [3],
    },
  });
  expect(items[5]).toMatchObject({ count: 9, sum: 10, quantiles: [0.5, 0.99], quantileValues: [1, 5], exponential: null });
});

test('what is no number, no count or no buckets is left out and flagged, and the point is kept', () => {
  const histogram = (of: Doc) => ({ name: 'h', histogram: { dataPoints: [of] } });
  const { items } = both(
    metricsOf([
      { name: 'g', gauge: { dataPoints: [{ asDouble: 'NaN' }, { asDouble: '-Infinity' }, { flags: 1 }, {}] } },
      histogram({ count: '18446744073709551615', sum: 1 }),
      histogram({ count: '2', bucketCounts: ['1', '1'], explicitBounds: [1, 2] }),
      histogram({ count: '2', bucketCounts: ['1', '1', '0'], explicitBounds: [2, 1] }),
      histogram({ count: '2', bucketCounts: ['18446744073709551615', '1'], explicitBounds: [1] }),
      histogram({ count: '1', bucketCounts: ['1'] }),
    ]),
  );
  expect(items.map(({ value, count, bounds, bucketCounts, flags }) => [value ?? count, bounds, bucketCounts, flags])).toEqual([
    [null, [], [], ['value_invalid']],
    [null, [], [], ['value_invalid']],
    [null, [], [], ['no_value']],
    [null, [], [], []],
    [null, [], [], ['value_invalid']],
    [2, [], [], ['buckets_invalid']],
    [2, [], [], ['buckets_invalid']],
    [2, [], [], ['buckets_invalid', 'value_invalid']],
    [1, [], [1], []],
  ]);
});

test('points are counted, not metrics; those past the limits are rejected or cut, with a count', () => {
  const limits = { ...defaultLimits, items: 3, attributes: 1, buckets: 4, allBuckets: 6 };
  const gauge = (count: number) => ({ name: 'x'.repeat(300), gauge: { dataPoints: Array.from({ length: count }, () => ({})) } });
  const { items, received, reasons, drops } = both(metricsOf([gauge(2), gauge(0), gauge(5)]), limits);
  expect([items.length, received, reasons.get('too_many'), drops.values]).toEqual([3, 7, 4, 3]);
  expect(items.map(({ flags }) => flags)).toEqual([['value_truncated'], ['value_truncated'], ['value_truncated']]);

  const buckets = (count: number) => ({
    count: '1',
    timeUnixNano: START,
    bucketCounts: Array.from({ length: count }, () => '1'),
    explicitBounds: Array.from({ length: count - 1 }, (_, n) => n),
    attributes: attributes({ a: 1, b: 2 }),
  });
  const cut = both(metricsOf([{ name: 'h', histogram: { dataPoints: [buckets(2), buckets(3), buckets(2)] } }]), limits);
  expect(cut.items.map(({ bucketCounts }) => bucketCounts)).toEqual([[1, 1], [], []]);
  expect(cut.items[1]!.flags).toEqual(expect.arrayContaining(['attributes_dropped', 'buckets_dropped']));
  expect(cut.drops).toMatchObject({ attributes: 3, values: 2 });
});

test('a broken point, or a broken metric, is rejected by itself', () => {
  const body = encodeMetrics(
    metricsOf([
      { name: 'a', sum: { dataPoints: [{ asInt: '1' }, { asInt: '7' }] } },
      { name: 'b', gauge: { dataPoints: [{ asInt: '2' }] } },
    ]),
  );
  const seven = body.indexOf(Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]));
  // A group, where the number was announced.
  body[seven - 1] = (6 << 3) | 3;
  const point = decodeMetrics(body, 'protobuf');
  expect(point).toMatchObject({ ok: true, received: 3, rejected: 1, reasons: new Map([['malformed', 1]]) });
  expect(point.ok && point.items.map(({ value }) => value)).toEqual([1, 2]);

  const json = decodeMetrics(
    encodeJson(
      metricsOf([
        { name: 'a', sum: 5 },
        { name: 'b', sum: { dataPoints: {} } },
        { name: 'c', gauge: { dataPoints: [1, { asInt: 3 }] } },
      ]),
    ),
    'json',
  );
  expect(json).toMatchObject({
    ok: true,
    received: 4,
    rejected: 3,
    reasons: new Map([
      ['malformed', 2],
      ['not_an_object', 1],
    ]),
  });
  expect(decodeMetrics(encodeJson({ resourceMetrics: [5] }), 'json')).toMatchObject({ ok: false, code: 'malformed' });
});

test('in snake case and with names of enums it means the same', () => {
  const text = encodeJson(someMetrics())
    .toString()
    .replaceAll(
      /"([a-z]+(?:[A-Z][a-z]+)+)":/g,
      (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    )
    .replaceAll('"aggregation_temporality":2', '"aggregation_temporality":"AGGREGATION_TEMPORALITY_CUMULATIVE"');
  expect(decodeMetrics(Buffer.from(text), 'json')).toEqual(decodeMetrics(encodeMetrics(someMetrics()), 'protobuf'));
});
