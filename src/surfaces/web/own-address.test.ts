import { expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';

const origin = 'https://steward.example';

test.each([
  ['/clients/acme?from=1d', '/clients/acme?from=1d'],
  ['/a#b', '/a'],
  [null, '/'],
  ['//host', '/'],
  ['/\\host', '/'],
  ['/\t/host', '/'],
  ['/\n\\host', '/'],
  [' //host', '/'],
  ['https://host/a', '/'],
  ['https://steward.example.host/', '/'],
  ['javascript:alert(1)', '/'],
  ['/.//host', '/'],
  ['https://[', '/'],
])('whoever was let in goes on to %j: %s', (next, page) => {
  expect(ownAddress(next, origin)).toBe(page);
});
