import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { knownAs } from './encoding.ts';
import { openLogFile } from './open-log.ts';
import { callOf, csv, csvHeader, csvRow, hour, jsonl, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const rejectsOf = (path: string) =>
  readFileSync(`${path}.rejected.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line?: number; record?: number; reason: string; row: unknown });
const line = (more: object, i = 0) => JSON.stringify({ ...callOf(i), ...more });

describe('a bad row costs that row', () => {
  test.each([
    ['not json at all', 'not valid JSON'],
    ['{"broken":', 'not valid JSON'],
    ['[1, 2]', 'not a JSON object'],
    [line({ timestamp: 'yesterday' }), 'a time that cannot be read'],
    [line({ timestamp: null }), 'no time'],
    [line({ timestamp: '2090-01-01T00:00:00Z' }), 'a time in the future'],
    [line({ timestamp: '1999-01-01T00:00:00Z' }), 'a time before 2001'],
    [`{"timestamp":"${hour(1)}","output":"deep","x":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'not valid JSON'],
  ])('%s', async (bad, reason) => {
    const path = reader.write('bad.jsonl', [jsonl(12), '', bad, jsonl(3)].join('\n'));
    const { calls, rejectedFiles } = await reader.read(path);
    expect(calls).toHaveLength(15);
    expect(rejectedFiles).toEqual([`${path}.rejected.jsonl`]);
    expect(rejectsOf(path)).toEqual([{ line: 14, reason, row: bad }]);
  });

  test.each([
    ['too few cells', 'a,b', /fewer cells/],
    ['too many cells', `${csvRow(3)},more,and more`, /more cells/],
    ['text after a quote', `${hour(3)},gpt-4o,"he said "hi" to me",fine,2`, /quote/],
    ['a quote that is never closed', `${hour(3)},gpt-4o,q,"open,2`, /quote/],
  ])('in CSV: %s', async (_, bad, reason) => {
    const path = reader.write('bad.csv', [csv(5), `${hour(9)},m,"two\nlines",an answer,2`, bad, csvRow(6), csvRow(7)].join('\n'));
    const { calls } = await reader.read(path);
    expect(calls).toHaveLength(8);
    expect(rejectsOf(path)).toMatchObject([{ line: 9, reason: expect.stringMatching(reason) }]);
  });

  test('an unclosed quote does not swallow the rest of a file without other quotes', async () => {
    const rows = times(50, (i) => `${hour(i)},gpt-4o,question,answer number ${i},2`);
    const path = reader.write(
      'swallow.csv',
      [csvHeader(), ...rows.slice(0, 20), `${hour(1)},gpt-4o,"open,x,2`, ...rows.slice(20)].join('\n'),
    );
    expect((await reader.read(path)).calls).toHaveLength(50);
    expect(rejectsOf(path)).toMatchObject([{ line: 22 }]);
  });

  test.each([
    ['the last cell, up to the end of the file', ''],
    ['the last cell, up to a mark of inches far below', `${hour(60)},gpt-4o,question,2,a monitor of 27"\n`],
    ['the last cell, up to a cell that is quoted for its comma', `${hour(60)},gpt-4o,question,2,"well, well"\n`],
  ])('a quote that is never closed costs its row: %s', async (_, below) => {
    const rows = (from: number) => times(30, (i) => `${hour(from + i)},gpt-4o,question,2,answer number ${i}\n`).join('');
    const bad = `${hour(1)},gpt-4o,question,2,"open\n`;
    const legal = `${hour(2)},gpt-4o,"two\nlines",2,"of 27"" and\n${hour(3)},a log"\n`;
    const path = reader.write(
      'last.csv',
      `timestamp,model,input,score,output\n${legal}${rows(0)}${bad}${rows(30)}${below}${rows(70)}`,
    );
    expect((await reader.read(path)).calls).toHaveLength(below === '' ? 91 : 92);
    expect(rejectsOf(path)).toMatchObject([{ line: 35, reason: expect.stringMatching(/quote/) }]);
  });

  test('rows rejected earlier are replaced, and a log that is good again loses the file', async () => {
    const path = reader.write('again.jsonl', `${jsonl(5)}\nbad one\nbad two`);
    await reader.read(path);
    reader.write('again.jsonl', `${jsonl(5)}\nbad three`);
    await reader.read(path);
    expect(rejectsOf(path)).toMatchObject([{ row: 'bad three' }]);
    reader.write('again.jsonl', jsonl(5));
    await reader.read(path);
    expect(existsSync(`${path}.rejected.jsonl`)).toBe(false);
  });

  test('a file of that name that is not ours stays', async () => {
    const path = reader.write('mine.jsonl', jsonl(5));
    reader.write('mine.jsonl.rejected.jsonl', 'my notes');
    await reader.read(path);
    reader.write('mine.jsonl', `${jsonl(5)}\nbad`);
    const { assumptions, rejectedFiles } = await reader.read(path);
    expect(readFileSync(`${path}.rejected.jsonl`, 'utf8')).toBe('my notes');
    expect(rejectedFiles).toEqual([]);
    expect(assumptions).toContainEqual(expect.stringMatching(/could not be written.*no audit wrote/));
  });

  test('rejected rows are for nobody else to read', async () => {
    const path = reader.write('private.jsonl', `${jsonl(5)}\nbad`);
    for (let run = 0; run < 2; run += 1) await reader.read(path);
    expect(statSync(`${path}.rejected.jsonl`).mode & 0o777).toBe(0o600);
  });

  test('rows that an earlier audit rejected are no part of a log, though a pattern names their file too', async () => {
    const [one, two] = [reader.write('glob-1.jsonl', `${jsonl(5)}\nbad`), reader.write('glob-2.jsonl', `${jsonl(3)}\nworse`)];
    const earlier = `${one}.rejected.jsonl`;
    await reader.read([one, two]);
    const { calls, rejected, assumptions, rejectedFiles, locate } = await reader.read([one, earlier, two]);
    expect(calls.map(({ file }) => file)).toEqual([0, 0, 0, 0, 0, 2, 2, 2]);
    expect(rejected).toHaveLength(2);
    expect(await locate(2, [1])).toEqual(new Map([[1, { line: 2 }]]));
    expect(await locate(1, [])).toEqual(new Map());
    expect(rejectedFiles).toEqual([earlier, `${two}.rejected.jsonl`]);
    expect(assumptions).toContain(`"${earlier}" was left out: it holds rows that an earlier audit rejected.`);
    await expect(reader.read(earlier)).rejects.toThrow(/Audit the log that they come from/);
  });

  test('where the rejected rows cannot be written the audit goes on and says so', async () => {
    const path = reader.write('blocked.jsonl', `${jsonl(5)}\nbad`);
    mkdirSync(`${path}.rejected.jsonl`);
    const { calls, assumptions, rejectedFiles } = await reader.read(path);
    expect(calls).toHaveLength(5);
    expect(rejectedFiles).toEqual([]);
    expect(assumptions).toContainEqual(expect.stringMatching(/could not be written/));
  });
});

describe('nothing is lost that can be read', () => {
  test.each([
    ['NaN and Infinity', line({}).replace('"latency_s":1', '"latency_s":NaN,"list":[Infinity]')],
    ['a number past 64 bit', line({}).replace('}', ',"id":123456789012345678901234567890}')],
    ['a bare control character', line({}).replace('which', 'wh\u0000\tich')],
    ['half a surrogate pair', line({}).replace('which', String.raw`which \ud800`)],
    ['a Latin-1 line among UTF-8', Buffer.from(line({}).replace('which', 'naïve'), 'latin1')],
  ])('%s', async (_, odd) => {
    const path = reader.write('odd.jsonl', Buffer.concat([Buffer.from(`${jsonl(12)}\n`), Buffer.from(odd)]));
    const { calls, rejected } = await reader.read(path);
    expect(rejected).toEqual([]);
    expect(calls.at(-1)!.output).toMatch(/^the answer to question 0/);
  });

  test('Latin-1 lines are read as such and counted', async () => {
    const path = reader.write(
      'latin.csv',
      Buffer.concat([Buffer.from(`${csv(12)}\n`), Buffer.from(`${hour(1)},m,q,naïve réponse,2`, 'latin1')]),
    );
    const { calls } = await reader.read(path);
    expect(calls.at(-1)).toMatchObject({ output: 'naïve réponse', recoded: 1 });
  });

  test.each(['csv', 'jsonl'])('a cell of 10 MB in %s', async (format) => {
    const long = 'x y '.repeat(2_600_000);
    const row = format === 'csv' ? `${hour(3)},m,"${long}","${long}",2` : line({ output: long });
    const { calls } = await reader.read(reader.write(`long.${format}`, [format === 'csv' ? csv(12) : jsonl(12), row].join('\n')));
    expect(calls).toHaveLength(13);
    const [found] = await reader.store.rows(z.object({ n: z.number() }))('select max(output_length) as n from call');
    expect(found!.n).toBe(long.length);
  });

  test('a gzip file that was cut off gives what is left of it', async () => {
    const whole = gzipSync(jsonl(3000));
    const { calls, assumptions } = await reader.read(reader.write('cut.jsonl.gz', whole.subarray(0, whole.length / 2)));
    expect(calls.length).toBeGreaterThan(500);
    expect(assumptions).toContainEqual(expect.stringMatching(/cut off/));
  });

  test('a JSON list that was cut off gives its whole elements', async () => {
    const path = reader.write('cut.json', JSON.stringify(times(12, callOf)).slice(0, -20));
    expect((await reader.read(path)).calls).toHaveLength(11);
    expect(rejectsOf(path)).toMatchObject([{ record: 12, reason: 'not valid JSON' }]);
  });

  test('names and texts that look like code are only names and texts', async () => {
    const odd = (i: number) =>
      `{"__proto__":"p${i % 2}","a'b\\"c\`d\\\\e":"s${i % 2}","x.y":"d${i % 2}","😀":"e${i % 2}","timestamp":"${hour(i)}","output":"'); drop table call; -- {p0:String}","model":"m'; drop table call; --"}`;
    const { calls, mapping } = await reader.read(reader.write('code.jsonl', times(30, odd).join('\n')));
    expect(calls).toHaveLength(30);
    expect(mapping.segments.map(({ name }) => name)).toEqual(['__proto__', 'a\'b"c`d\\e', 'x.y', '😀']);
    expect(calls[1]).toMatchObject({ segment: ['p1', 's1', 'd1', 'e1'], output: "'); drop table call; -- {p0:String}" });
  });

  test('a thousand columns, and names that repeat', async () => {
    const wide = times(20, (i) => line(Object.fromEntries(times(1000, (k) => [`k${k}`, k])), i)).join('\n');
    expect((await reader.read(reader.write('wide.jsonl', wide))).calls).toHaveLength(20);
    const twice = reader.write('twice.csv', ['time,output,output,time', `${hour(1)},the first answer,the second,5`].join('\n'));
    expect((await reader.read(twice)).calls[0]!.output).toBe('the first answer');
  });

  test('times of several formats in one column', async () => {
    const formats = [
      hour(1),
      String(Date.parse(hour(1)) / 1000),
      '2026/05/04 01:00:00',
      '4 May 2026 01:00',
      '2026-05-04 01:00:00,000',
    ];
    const rows = times(25, (i) => `"${formats[i % 5]}",an answer number ${i}`);
    const { calls } = await reader.read(reader.write('times.csv', ['time,output', ...rows].join('\n')));
    expect(new Set(calls.map(({ at }) => at))).toEqual(new Set(['2026-05-04T01:00:00.000Z']));
  });

  test('a negative latency counts as none', async () => {
    const { calls } = await reader.read(reader.write('negative.jsonl', `${jsonl(12)}\n${line({ latency_s: -3 })}`));
    expect(calls.at(-1)!.latency_s).toBeNull();
  });

  test('examples are found where a person counts them', async () => {
    const path = reader.write('lines.csv', [csvHeader(), `${hour(0)},m,"a\nb ""c""\n",an answer,1`, '', csvRow(1)].join('\r\n'));
    expect([...(await reader.read(path)).places.values()]).toEqual([{ line: 2 }, { line: 6 }]);
  });

  test('also in a file that is read in several pieces', async () => {
    const long = 'word '.repeat(40_000);
    const rows = times(60, (i) => `${i === 50 ? 'yesterday' : hour(i)},m,"a question","${long}",1`);
    const path = reader.write('pieces.csv', [csvHeader(), ...rows].join('\n'));
    const { calls, rejected, places } = await reader.read(path);
    expect(calls.at(-1)).toMatchObject({ row: 59, at: hour(59) });
    expect(rejected.map(({ row }) => places.get(row))).toEqual([{ line: 52 }]);
  });
});

describe('what cannot be read is said in a sentence', () => {
  test.each([
    ['in one line', '{"resourceSpans": ["'],
    ['over many lines', '{\n"data": ["'],
  ])('a document that is small only as long as it is packed, %s', async (_, start) => {
    // Members of a gzip file are unpacked one after the other.
    const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024, 'x'));
    const path = reader.write('packed.json.gz', Buffer.concat([gzipSync(start), ...times(17, () => piece)]));
    await expect(reader.read(path)).rejects.toThrow(/one JSON document of over 256 MB/);
  });

  test.each([
    ['empty.csv', '', /is empty/],
    ['nothing.gz', 'nope', /not packed as its name says/],
    ['lines.jsonl.gz', 'not gzip at all\n'.repeat(20), /not packed as its name says/],
    ['blank.jsonl', ' \n\n ', /white space/],
    ['header.csv', csvHeader(), /no rows/],
    ['single.csv', 'output\nhello\nworld', /single column/],
    ['picture.csv', Buffer.from(`89504e470d0a1a0a${'00ff10'.repeat(900)}`, 'hex'), /binary data/],
    ['numbers.json', '[1, 2, 3]', /none of its first rows is a JSON object/],
    ['document.json', '{"data":\n [', /not valid JSON/],
    ['useless.csv', ['id,flag', ...times(5, (i) => `${i},x`)].join('\n'), /No column of/],
    ['broken.parquet', Buffer.from(`PAR1${'x'.repeat(500)}PAR1`), /damaged or something else/],
    ['broken.gz', Buffer.from('1f8b0800ffffffffffff', 'hex'), /unpacked|damaged|empty/],
  ])('%s', async (name, content, sentence) => {
    const path = reader.write(name, content);
    await expect(reader.read(path)).rejects.toMatchObject({ name: 'Problem', message: expect.stringMatching(sentence) });
  });

  test('a log that was unpacked and kept its name is read', async () => {
    expect((await reader.read(reader.write('plain.csv.gz', csv(5)))).calls).toHaveLength(5);
  });

  test('an empty standard input is called so', async () => {
    await expect(openLogFile('-', Readable.from([]))).rejects.toThrow(/^Standard input is empty/);
  });

  test('a directory, a file that is not there, a column that is not there', async () => {
    await expect(reader.read(reader.dir)).rejects.toThrow(/is a directory/);
    await expect(reader.read(`${reader.dir}/nothing`)).rejects.toThrow(/There is no file/);
    const path = reader.write('map.csv', csv(5));
    await expect(reader.read(path, { map: { output: 'nope' } })).rejects.toThrow(/no column "nope". It has: timestamp, model/);
  });

  test('rows with a time that cannot be true are written down as they stand', async () => {
    const late = (i: number) => (i % 5 === 2 ? '2093-01-01T00:00:00Z' : hour(i));
    const rows = times(20, (i) => `${late(i)},"an answer,\nnumber ${i}",kept ${i}`);
    const path = reader.write('late.csv', ['time,output,note', ...rows].join('\n'));
    await reader.read(path);
    const rejects = readFileSync(`${path}.rejected.jsonl`, 'utf8').trim().split('\n');
    expect(JSON.parse(rejects[1]!)).toEqual({
      line: 16,
      reason: 'a time in the future',
      row: ['2093-01-01T00:00:00Z', 'an answer,\nnumber 7', 'kept 7'],
    });
  });

  test('times that nobody can read are told, and the log is read without them', async () => {
    const rows = times(20, (i) => `Q${i} sometime,an answer number ${i}`);
    const { calls, assumptions } = await reader.read(reader.write('odd-times.csv', ['time,output', ...rows].join('\n')));
    expect(calls).toHaveLength(20);
    expect(assumptions).toContainEqual(expect.stringMatching(/"time" was not read as the time.*Q0 sometime.*--map/));
  });
});

test.each([
  ['sheet.xlsx', Buffer.from('PK\u0003\u0004\u0014\u0000 xl/workbook.xml'), 'is an Excel workbook: save its sheet as CSV'],
  ['noise.xlsx', Buffer.from('PK\u0003\u0004h\r@="\u0001'), 'is an Excel workbook: save its sheet as CSV'],
  ['logs', Buffer.from('PK\u0003\u0004\u0014\u0000 a.jsonl'), 'is a ZIP archive: unpack it'],
  ['log.json', Buffer.from('<!DOCTYPE html><html><body>403 Forbidden</body></html>'), 'is a web page (HTML)'],
  ['log.csv', Buffer.from('\uFEFF<?xml version="1.0"?><rows/>'), 'is XML'],
])('%s is named as what it is', (name, bytes, said) => {
  expect(knownAs(name, bytes)).toContain(said);
});

test('logs are not taken for something else', () => {
  for (const text of ['{"output": "<html>"}', 'time,output\n1,<html>', '[]', 'PKW,time\n1,2'])
    expect(knownAs('log.xlsx', Buffer.from(text))).toBeNull();
});
