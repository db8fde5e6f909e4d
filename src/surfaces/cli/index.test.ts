import { expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { openLog } from '../../platform/log.ts';
import { operation, type AnyOperation } from '../../platform/operation.ts';
import { notFound } from '../../platform/problem.ts';
import { runCli } from './index.ts';
import { fakeStream } from './testing.ts';

/** How a declaration becomes a command, on operations made for it. */

const input = z.object({
  files: z.array(z.string()).min(1).describe('Files to pack.'),
  tag: z.array(z.string()).default([]).describe('A tag. May be given several times.'),
  maxBytes: z.coerce.number('a number is needed').positive().optional().describe('Largest size.'),
  form: z.enum(['zip', 'tar']).default('zip').describe('Form of the package.'),
  dryRun: z.boolean().default(false).describe('Only say what would be done.'),
});

const seen: unknown[] = [];
const pack = operation({
  name: 'box.pack',
  summary: 'Packs files.',
  access: 'local',
  input,
  output: input.extend({ packed: z.number() }),
  terminal: {
    words: ['pack'],
    positional: 'files',
    print: ({ packed }, { width, color }) => `${packed} packed, ${width} wide${color ? ', in colour' : ''}`,
    exitCode: ({ packed }) => (packed > 3 ? 2 : 0),
  },
  run: (_ctx, given) => {
    seen.push(given);
    return Promise.resolve({ ...given, packed: given.files.length });
  },
});
const open = operation({
  name: 'box.open',
  summary: 'Opens a box.',
  access: 'local',
  input: z.object({ name: z.string().describe('Its name.') }),
  output: z.object({ inside: z.string() }),
  run: (_ctx, { name }) => {
    if (name === 'broken') throw new Error('postgres://me:geheim@db failed');
    if (name === 'missing') return Promise.reject(notFound('There is no box "\u001B[2J\u202Emissing".'));
    return Promise.resolve({ inside: name === 'hostile' ? hostile : 'tea' });
  },
});

const tell = operation({
  name: 'box.tell',
  summary: 'Tells of a box, in a form of its own.',
  access: 'local',
  input: z.object({}),
  output: z.object({ inside: z.string() }),
  terminal: {
    print: ({ inside }, { color }) => (color ? `\u001B[31m${inside}\u001B[39m` : inside),
  },
  run: () => Promise.resolve({ inside: hostile }),
});
const showAll = operation({
  name: 'box.showAll',
  summary: 'Shows all boxes.',
  access: 'local',
  input: z.object({ asTable: z.boolean().default(false) }),
  output: z.object({ asTable: z.boolean() }),
  run: (_ctx, asked) => Promise.resolve(asked),
});
const settings = operation({
  name: 'box.set',
  summary: 'Sets what a box keeps.',
  access: 'local',
  input: z.object({
    own: z
      .array(z.object({ name: z.string(), n: z.number().optional() }))
      .optional()
      .describe('Patterns.'),
    kinds: z
      .array(z.enum(['email', 'phone']))
      .optional()
      .describe('Kinds.'),
    dropTexts: z.boolean().optional().describe('Keep none.'),
    days: z.coerce.number().positive().nullable().optional().describe('How long.'),
  }),
  output: z.object({}),
  run: (_ctx, asked) => {
    seen.push(asked);
    return Promise.resolve({});
  },
});
const hostile = 'tea\u001B[2J\u009B5m\u202E\n\u{E0001}';

async function cli(words: string, terminal: Parameters<typeof fakeStream>[0] = {}) {
  const [out, err] = [fakeStream(terminal), fakeStream()];
  const log: string[] = [];
  const ctx = localContext({
    now: systemClock,
    config: readConfig({}),
    log: openLog('error', { write: (line) => void log.push(line) }),
  });
  seen.length = 0;
  const operations: AnyOperation[] = [open, pack, tell, showAll, settings];
  const exitCode = await runCli(words === '' ? [] : words.split(' '), operations, ctx, { out: out.stream, err: err.stream });
  return { exitCode, out: out.text(), err: err.text(), log };
}

const given = { files: ['a', 'b'], tag: [], form: 'zip', dryRun: false };

test.each([
  ['pack a b', given],
  ['pack --tag x a b', { ...given, tag: ['x'] }],
  ['pack --tag x --tag y a b', { ...given, tag: ['x', 'y'] }],
  ['pack a --tag x b --tag=y', { ...given, tag: ['x', 'y'] }],
  ['pack a b --max-bytes 7 --form tar --dry-run', { ...given, maxBytes: 7, form: 'tar', dryRun: true }],
  ['pack --dry-run a b', { ...given, dryRun: true }],
  ['pack -- a b', given],
  ['pack - b', { ...given, files: ['-', 'b'] }],
])('flags stand before, between or after the files: %s', async (words, expected) => {
  const { exitCode, err } = await cli(words);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(seen).toEqual([expected]);
});

test.each([
  ['box.pack a b --maxBytes 7 --dryRun', { ...given, maxBytes: 7, dryRun: true }],
  ['box.pack --max-bytes=7 a b', { ...given, maxBytes: 7 }],
  ['box.pack --files a --files b --maxBytes=7', { ...given, maxBytes: 7 }],
  ['pack a b --maxBytes 7', { ...given, maxBytes: 7 }],
])('an operation is also asked by the names that it and its fields have over HTTP: %s', async (words, expected) => {
  const { exitCode, err } = await cli(words);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(seen).toEqual([expected]);
});

test('a verb of several words is asked in either way of writing it', async () => {
  for (const words of ['box show-all --asTable', 'box showAll --as-table', 'box.showAll --asTable'])
    expect(await cli(words)).toMatchObject({ exitCode: 0, err: '', out: expect.stringContaining('"asTable": true') as string });
});

test.each([
  ['box set --own {"name":"x","n":2} --own {"name":"y"}', { own: [{ name: 'x', n: 2 }, { name: 'y' }] }],
  ['box set --own [{"name":"x"},{"name":"y"}]', { own: [{ name: 'x' }, { name: 'y' }] }],
  ['box set --own [] --days 3', { own: [], days: 3 }],
  ['box set --kinds email --kinds phone --drop-texts', { kinds: ['email', 'phone'], dropTexts: true }],
  ['box set --kinds= --no-drop-texts --days null', { kinds: [], dropTexts: false, days: null }],
  ['box.set --no-dropTexts', { dropTexts: false }],
  ['box set', {}],
])('lists, objects, no and nothing can be said in words: %s', async (words, expected) => {
  const { exitCode, err } = await cli(words);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(seen).toEqual([expected]);
});

test('the shell is told whether the news is good', async () => {
  expect(await cli('pack a')).toMatchObject({ exitCode: 0, out: '1 packed, 100 wide\n' });
  expect(await cli('pack a b c d')).toMatchObject({ exitCode: 2 });
});

test('colour and the width are those of a terminal only', async () => {
  expect((await cli('pack a', { isTTY: true, columns: 72 })).out).toBe('1 packed, 72 wide, in colour\n');
  expect((await cli('pack a', { isTTY: true, columns: 300 })).out).toBe('1 packed, 120 wide, in colour\n');
});

test('an answer without a form of its own is JSON', async () => {
  const { out } = await cli('box open --name small');
  expect(JSON.parse(out)).toEqual({ inside: 'tea' });
});

test('no form of its own steers a terminal, and its colours stay', async () => {
  const cleaned = 'tea\uFFFD[2J\uFFFD5m\uFFFD\n\uFFFD';
  expect((await cli('box tell', { isTTY: true })).out).toBe(`\u001B[31m${cleaned}\u001B[39m\n`);
  expect((await cli('box tell')).out).toBe(`${cleaned}\n`);
});

test('JSON on a terminal says what would steer it by its number', async () => {
  const { out } = await cli('box open --name hostile --json', { isTTY: true });
  expect(out).toContain(String.raw`tea\u001b[2J\u009b5m\u202e\n\udb40\udc01`);
  expect(JSON.parse(out)).toEqual({ inside: hostile });
});

test.each([
  ['unpack', "unknown command 'unpack'", '"steward --help" shows'],
  ['pakc a', "unknown command 'pakc'", 'Did you mean pack?'],
  ['pack', "missing required argument 'files'", '"steward pack --help" shows'],
  ['pack --tags x a', "unknown option '--tags'", 'Did you mean --tag?'],
  ['pack a --tag', 'argument missing', '"steward pack --help" shows'],
  ['pack a --form rar', 'Allowed choices are zip, tar', '"steward pack --help" shows'],
  ['pack a --max-bytes many', '--max-bytes: a number is needed', ''],
  ['box set --own {name:x}', 'It is read as JSON', '"steward box set --help" shows'],
  ['box open', "required option '--name <text>' not specified", '"steward box open --help" shows'],
  ['box open it --name small', 'too many arguments', ''],
  ['box.open', "required option '--name <text>' not specified", '"steward box.open --help" shows'],
  ['box.pack', '--files: ', ''],
  ['box.opne', "unknown command 'box.opne'", ''],
  ['box', 'box open', 'Usage: steward box <command>'],
])('what cannot be understood is said on standard error, with the way on: %s', async (words, sentence, way) => {
  const { exitCode, out, err, log } = await cli(words);
  expect({ exitCode, out, log }).toEqual({ exitCode: 1, out: '', log: [] });
  expect(err).toContain(sentence);
  expect(err).toContain(way);
  expect(err).not.toMatch(/^error|\n\s+at /);
  expect(seen).toEqual([]);
});

test('a problem is told as it is, but bytes that steer a terminal are not', async () => {
  const { exitCode, err } = await cli('box open --name missing');
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: 'steward: There is no box "\uFFFD[2J\uFFFDmissing".\n' });
});

test('a bug is logged in full, and shown without its insides', async () => {
  const { exitCode, err, log } = await cli('box open --name broken');
  expect(exitCode).toBe(1);
  expect(err).toContain('something went wrong inside Steward');
  expect(err).not.toContain('geheim');
  expect(log.join('')).toContain('box.open');
});

test('help shows every command with all of its words, the short ones first, and is no failure', async () => {
  const { exitCode, out, err } = await cli('--help');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^Usage: steward <command> \[options\]\n/);
  expect(out).toMatch(/pack <files...>\s+Packs files\.\n\s+box open\s+Opens a box\.\n/);
  const { out: own } = await cli('pack --help');
  expect(own).toMatch(/--tag <text>\s+A tag\. May be given several times\.\n/);
  expect(own).toMatch(/--max-bytes <number>/);
  expect(own).toMatch(/--form <zip\|tar>\s+Form of the package\.\n/);
  expect(own).toMatch(/--dry-run {2}/);
  expect(own).toMatch(/files\s+Files to pack\./);
  // Other ways to write it are taken, and not told twice.
  expect(own).not.toContain('--maxBytes');
  const { exitCode: found, out: byName } = await cli('box.pack --help');
  expect({ found, byName }).toEqual({ found: 0, byName: expect.stringMatching(/Usage: steward box\.pack /) as string });
  expect((await cli('--help')).out).not.toContain('box.pack');
});
