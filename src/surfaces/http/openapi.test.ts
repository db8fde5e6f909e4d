import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { operationsOfAll } from '../../testing/server.ts';
import { openApi } from './openapi.ts';

const document = openApi(operationsOfAll.filter(({ access }) => access !== 'local'));

test('the document is OpenAPI 3.1, as its own schema has it', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('what is no OpenAPI is noticed', async () => {
  const { valid } = await new Validator().validate({
    ...structuredClone(document),
    paths: { nowhere: { post: { responses: 1 } } },
  });
  expect(valid).toBe(false);
});
