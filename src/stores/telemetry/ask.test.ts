import { expect, test } from 'vitest';
import { z } from 'zod';
import { quiet, tempDir } from '../testing/temp.ts';
import { openTelemetry } from './index.ts';

const hostile = `'; DROP TABLE span; -- \\ \\' \t tab \n line \r end & % + ünï🙂 \u001F`;

test('a value comes back from the built-in engine as it was given, alone and in a list', async () => {
  using dir = tempDir();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const ask = telemetry.rows(z.record(z.string(), z.unknown()));
  const [row] = await ask(
    `SELECT {text:String} AS text, {texts:Array(String)} AS texts, {none:Nullable(String)} AS none, {left:Nullable(Float64)} AS left,
      {yes:Bool} AS yes, {numbers:Array(Float64)} AS numbers, {large:UInt64} AS large, {odd:String} AS odd`,
    {
      text: hostile,
      texts: [hostile, '', 'NULL', "['a']"],
      none: null,
      left: undefined,
      yes: true,
      numbers: [-1.5, 1e300, 0],
      large: 9_007_199_254_740_991n,
      odd: '\uD800',
    },
  );
  expect(row).toEqual({
    text: hostile,
    texts: [hostile, '', 'NULL', "['a']"],
    none: null,
    left: null,
    yes: true,
    numbers: [-1.5, 1e300, 0],
    large: 9_007_199_254_740_991,
    // Half a character is none.
    odd: '\uFFFD',
  });
  await expect(ask('SELECT missing FROM span WHERE 1')).rejects.toThrow('missing');
  expect(await ask('SELECT 1 WHERE 0')).toEqual([]);
});
