import { expect, test } from 'vitest';
import { Problem } from '../../platform/problem.ts';
import { parseControlJson } from './control-json.ts';

test.each(['{"a":{"b":[1,{"b":2}]},"b":"{\\"a\\":1,\\"a\\":2}"}', '[{"a":1},{"a":2}]', '{}', '"{"', ' {"a" : [ ] , "b":null}'])(
  'what has one meaning is read: %s',
  (text) => {
    expect(parseControlJson(text)).toEqual(JSON.parse(text));
  },
);

test.each([
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '[[{"a":{"x":1,"x":1}}]]',
  '{"a":[1,2],"b":{"c":[]},"a":3}',
  '{"constructor":1}',
  '{"a":{"__proto__":null}}',
  '{"a\\u0000":1}',
  `${'['.repeat(33)}${']'.repeat(33)}`,
  '{"a":1}}',
  '\uFEFF{}',
])('what has two, or none, is not: %j', (text) => {
  expect(() => parseControlJson(text)).toThrow(Problem);
});

test('whatever is sent, it is read as JSON reads it or refused', () => {
  const start = '{"client":"Acme","list":[1,{"a":"\\"}{"}],"more":{"a":true,"b":null,"c":-1.5e3}}';
  const signs = '{}[]",:\\ua01 \u0000é';
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    let text = start;
    for (let i = 0; i <= random(4); i += 1) {
      const at = random(text.length);
      text = text.slice(0, at) + signs[random(signs.length)]! + text.slice(at + random(3));
    }
    try {
      expect(parseControlJson(text)).toEqual(JSON.parse(text));
      read += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  expect(read).toBeGreaterThan(500);
});
