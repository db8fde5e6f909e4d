import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf, scenarios, temporary, writeRows } from '../../features/audit/testing.ts';
import { Findings } from '../../features/audit/model.ts';
import { shipped } from '../../platform/paths.ts';

/** The program as a shell starts it. */

let dir: ReturnType<typeof temporary>;
let bad = '';
beforeAll(() => {
  dir = temporary();
  bad = writeRows(join(dir.path, 'step.jsonl'), rowsOf(scenarios.step));
});
afterAll(() => dir[Symbol.dispose]());

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [shipped('bin', 'steward.mjs'), ...args], { cwd: dir.path, env: { ...process.env, ...env } });
}

async function steward(args: readonly string[], { env, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {}) {
  const child = start(args, env);
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  child.stdin!.on('error', () => {}).end(stdin);
  const exitCode = await new Promise<number | null>((ended) => child.once('close', ended));
  return { exitCode, out, err };
}

test.each<[string, string[], Record<string, string>, string]>([
  ['a command that is none', ['adit', 'log.jsonl'], {}, 'Did you mean audit?'],
  ['a flag that is none', ['audit', '--colour', 'log.jsonl'], {}, "unknown option '--colour'"],
  ['a file that is not there', ['audit', 'nowhere.jsonl'], {}, 'There is no file "nowhere.jsonl"'],
  ['a setting that does not fit', ['--help'], { STEWARD_LOG: 'loud' }, 'STEWARD_LOG must be one of'],
])('%s: a sentence on standard error, exit code 1, no stack trace', async (_, args, env, sentence) => {
  const { exitCode, out, err } = await steward(args, { env });
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toMatch(/^steward: /);
  expect(err).toContain(sentence);
  expect(err).not.toMatch(/\n\s+at |Error:/);
});

test('help is readable in 100 columns and names what a newcomer looks for first', async () => {
  const { exitCode, out, err } = await steward(['--help']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out.slice(out.indexOf('Commands:'))).toMatch(/^Commands:\n\s+audit <files...>/);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('in a pipe --json - prints JSON and nothing else; flags may stand before the file', async () => {
  const { exitCode, out, err } = await steward(['audit', '--map', 'output=output', '--map', 'model=model', bad, '--json', '-']);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '' });
  const { findings, input } = Findings.strict().parse(JSON.parse(out));
  expect(findings).toMatchObject([{ kind: 'step', metric: 'score' }]);
  expect(input.mapping).toMatchObject({ output: 'output', model: 'model' });
});

test('standard input is audited too; in a pipe there is neither colour nor progress', async () => {
  const { exitCode, out, err } = await steward(['audit', '-'], { stdin: readFileSync(bad, 'utf8'), env: { FORCE_COLOR: '' } });
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '' });
  expect(out).toMatch(/^Right answers fell from 90 % to 7\d % on \d June 2026/);
  expect(out).toContain('standard input');
  // Neither escape sequences nor a line drawn over itself.
  expect(out.replaceAll(/[^\P{C}\n]/gu, '<steers>')).toBe(out);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
});

test('whoever reads only the beginning, as head does, is left alone', async () => {
  const child = start(['--help']);
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  child.stdout!.destroy();
  const exitCode = await new Promise((ended) => child.once('close', ended));
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
});

const onLinux = existsSync('/proc/self/task');
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const isAlive = (pid: number) => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test.skipIf(!onLinux).each<[NodeJS.Signals, number, number]>([
  ['SIGINT', 130, 0],
  ['SIGINT', 130, 500],
  ['SIGTERM', 143, 200],
])(
  '%s ends an audit at once (code %i, %i ms after its engine began), and its engine and tables with it',
  async (signal, code, afterMs) => {
    const temp = join(dir.path, `temp-${signal}-${afterMs}`);
    mkdirSync(temp);
    // Large enough to be still at work.
    const log = join(dir.path, 'large.jsonl');
    if (!existsSync(log)) writeRows(log, Array.from({ length: 30 }, () => rowsOf(scenarios.step)).flat());
    const child = start(['audit', log], { TMPDIR: temp });
    let engines: number[] = [];
    for (const endMs = Date.now() + 60_000; engines.length === 0 && Date.now() < endMs; await sleep(5)) {
      if (readdirSync(temp).some((name) => name.startsWith('steward-scratch-'))) engines = childrenOf(child.pid!);
    }
    expect(engines).toHaveLength(1);
    await sleep(afterMs);
    const toldMs = Date.now();
    child.kill(signal);
    const exitCode = await new Promise((ended) => child.once('exit', ended));
    expect(exitCode).toBe(code);
    expect(Date.now() - toldMs).toBeLessThan(60_000);
    expect(readdirSync(temp).filter((name) => name.startsWith('steward-scratch-'))).toEqual([]);
    for (const endMs = Date.now() + 60_000; engines.some(isAlive) && Date.now() < endMs; await sleep(10));
    expect(engines.filter(isAlive)).toEqual([]);
  },
);
