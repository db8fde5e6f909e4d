import { expect, test } from 'vitest';
import { unavailable } from '../platform/problem.ts';
import { whyNotOpened } from './reach.ts';

const failed = (code: string) => Object.assign(new Error('as it comes'), { code });

test('a server that is not reached is named by its setting and its host, without the password', () => {
  const told = whyNotOpened('DATABASE_URL', 'postgres://me:geheim@db.example:5433/steward', failed('ECONNREFUSED'));
  expect(told).toMatchObject({
    code: 'unavailable',
    message:
      'PostgreSQL at db.example:5433 (DATABASE_URL) cannot be reached: nothing answers there. Start it, or set DATABASE_URL to where it is.',
  });
  const wrapped = unavailable('The telemetry store went away.', failed('ENOTFOUND'));
  expect(whyNotOpened('CLICKHOUSE_URL', 'http://me:geheim@ch.example:8123', wrapped)).toMatchObject({
    message: expect.stringMatching(/^ClickHouse at ch\.example:8123 \(CLICKHOUSE_URL\) cannot be reached: no host of that name/),
  });
});

test('one that refuses says what; any other error stays as it is', () => {
  expect(whyNotOpened('DATABASE_URL', 'postgres://me:geheim@db.example/x', failed('28P01'))).toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('refuses the user or the password'),
  });
  const bug = new Error('a bug');
  expect(whyNotOpened('DATABASE_URL', 'postgres://db.example/x', bug)).toBe(bug);
});
