import { expect, test } from 'vitest';
import { errorStatus, exportResponse, partialOf, statusCodes } from './index.ts';

test('nothing to say: an empty message in either encoding', () => {
  expect(exportResponse('traces', 'protobuf', { rejected: 0, message: '' })).toHaveLength(0);
  expect(exportResponse('traces', 'json', { rejected: 0, message: '' }).toString()).toBe('{}');
});

test('what was rejected, by signal', () => {
  const partial = { rejected: 300, message: 'no' };
  expect(exportResponse('logs', 'json', partial).toString()).toBe(
    '{"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"no"}}',
  );
  expect(exportResponse('traces', 'protobuf', partial).toString('hex')).toBe('0a0708ac0212026e6f');
});

test('drops are told as a warning', () => {
  const drops = { attributes: 3, events: 0, links: 0, values: 1, scores: 2 };
  const told = partialOf({ rejected: 2, reasons: new Map([['trace_id_invalid', 2]]), drops });
  expect(told).toEqual({
    rejected: 2,
    message:
      '2 rejected: trace_id_invalid; 3 attributes dropped; 1 values cut short; 2 with scores left out, as they are beyond 1e15',
  });
});

test('an error speaks as the request did', () => {
  expect(errorStatus('json', statusCodes.invalidArgument, 'no').toString()).toBe('{"code":3,"message":"no"}');
  expect(errorStatus('protobuf', 3, 'no').toString('hex')).toBe('080312026e6f');
});
