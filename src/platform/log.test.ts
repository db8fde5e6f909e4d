import { expect, test } from 'vitest';
import { openLog } from './log.ts';

function logged(level = 'info') {
  const lines: string[] = [];
  return { lines, log: openLog(level, { write: (line) => void lines.push(line) }) };
}

test.each(['password', 'secret', 'token', 'key', 'apiKey', 'authorization', 'cookie', 'databaseUrl', 'clickhouseUrl', 'env'])(
  '%s is struck at every depth we log at',
  (name) => {
    const { lines, log } = logged();
    log.info({ [name]: 'geheim', config: { [name]: 'geheim', store: { [name]: 'geheim' } }, fine: 'plain' }, 'opened');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('geheim');
    expect(lines[0]!.match(/\[redacted\]/g)).toHaveLength(3);
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: 'opened', fine: 'plain' });
  },
);

test('only what is loud enough is written', () => {
  const { lines, log } = logged('warn');
  log.info('quiet');
  log.warn('loud');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['loud']);
});

test('an error is written with its cause', () => {
  const { lines, log } = logged();
  log.error({ err: new Error('the store is closed', { cause: new Error('disk full') }) }, 'failed');
  expect(lines[0]).toContain('the store is closed');
  expect(lines[0]).toContain('disk full');
});
