import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { features } from './features/index.ts';
import { shipped } from './platform/paths.ts';

/** The import rules of ARCHITECTURE.md. Each is proven by a violation, so that a rule that checks nothing is noticed. */

interface Import {
  from: string;
  to: string;
}
interface Source {
  path: string;
  text: string;
}

const src = shipped('src');
const order: readonly string[] = features.map(({ name }) => name);
const rank = (feature: string) => order.indexOf(feature);

const files = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)],
  );

const sources: Source[] = files(src)
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test\.tsx?|d\.ts)$/.test(path))
  .map((path) => ({ path: relative(src, path), text: readFileSync(path, 'utf8') }));

const specifier =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'(\.[^']+)'|\bimport\s*\(\s*'(\.[^']+)'\s*\)|(?:^|\n)import\s*'(\.[^']+)'/g;
const typeOnly = /(?:^|\n)\s*(?:import|export)\s+type\b[^'";]*?\bfrom\s*'(\.[^']+)'/g;

const importsOf = ({ path, text }: Source, pattern = specifier): Import[] =>
  [...text.matchAll(pattern)].map((match) => ({ from: path, to: join(dirname(path), match[1] ?? match[2] ?? match[3] ?? '') }));

const imports = sources.flatMap((source) => importsOf(source)).filter(({ to }) => !to.startsWith('..'));

const layers = ['platform', 'detect', 'stores', 'ui', 'features', 'surfaces', 'server.ts', 'main.ts'];
/** What each layer may import, besides itself. */
const below: Record<string, readonly string[]> = {
  platform: [],
  detect: [],
  stores: ['platform'],
  ui: ['platform'],
  features: ['platform', 'detect', 'stores', 'ui'],
  surfaces: ['platform', 'features', 'ui'],
  'server.ts': ['platform', 'features', 'surfaces', 'stores'],
  'main.ts': ['platform', 'features', 'surfaces', 'server.ts'],
  testing: layers,
};
const layer = (path: string) => path.split('/')[0]!;
const feature = (path: string) => (path.startsWith('features/') && path.split('/').length > 2 ? path.split('/')[1]! : null);

const rules: Record<string, (all: readonly Import[]) => Import[]> = {
  'imports point down': (all) =>
    all.filter(({ from, to }) => layer(from) !== layer(to) && !(below[layer(from)] ?? []).includes(layer(to))),
  'a feature imports only features before it in the list': (all) =>
    all.filter(
      ({ from, to }) =>
        feature(from) && feature(to) && feature(from) !== feature(to) && rank(feature(to)!) >= rank(feature(from)!),
    ),
  'a feature is entered by its door': (all) =>
    all.filter(
      ({ from, to }) =>
        feature(to) && feature(from) !== feature(to) && !/^features\/[^/]+\/(index|model|web\/index)\.tsx?$/.test(to),
    ),
  'detect and the stores are entered by their doors': (all) =>
    all.filter(({ from, to }) =>
      layer(to) === 'detect' && layer(from) !== 'detect'
        ? to !== 'detect/index.ts'
        : layer(to) === 'stores' &&
          !['stores', 'testing'].includes(layer(from)) &&
          !/^stores\/(index|(records|telemetry)\/index)\.ts$/.test(to),
    ),
  'there are no cycles': (all) => {
    const next = new Map<string, string[]>();
    for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
    return all.filter(({ from, to }) => reaches(next, to, from));
  },
};

function reaches(next: ReadonlyMap<string, string[]>, start: string, goal: string, seen = new Set<string>()): boolean {
  if (start === goal) return true;
  if (seen.has(start)) return false;
  seen.add(start);
  return (next.get(start) ?? []).some((to) => reaches(next, to, goal, seen));
}

const violations: Record<string, readonly Import[]> = {
  'imports point down': [{ from: 'platform/log.ts', to: 'features/audit/index.ts' }],
  'a feature imports only features before it in the list': [
    { from: 'features/system/operations.ts', to: 'features/audit/index.ts' },
  ],
  'a feature is entered by its door': [{ from: 'surfaces/cli/index.ts', to: 'features/audit/store.ts' }],
  'detect and the stores are entered by their doors': [{ from: 'features/audit/judge.ts', to: 'detect/compare.ts' }],
  'there are no cycles': [
    { from: 'detect/a.ts', to: 'detect/b.ts' },
    { from: 'detect/b.ts', to: 'detect/a.ts' },
  ],
};

test.each(Object.entries(rules))('%s', (name, rule) => {
  // Types may go round in circles; code may not.
  const types = new Set(sources.flatMap((source) => importsOf(source, typeOnly)).map(({ from, to }) => `${from} ${to}`));
  const judged = name === 'there are no cycles' ? imports.filter(({ from, to }) => !types.has(`${from} ${to}`)) : imports;
  expect(rule(judged)).toEqual([]);
  expect(rule(violations[name]!)).not.toEqual([]);
});

const readsEnvironment = ({ path, text }: Source) => /process\.env|import\.meta\.env/.test(text) && path !== 'platform/config.ts';
test('one file reads the environment', () => {
  expect(sources.filter(readsEnvironment).map(({ path }) => path)).toEqual([]);
  expect(readsEnvironment({ path: 'features/audit/run.ts', text: 'const home = process.env.HOME;' })).toBe(true);
});

const goesOut = ({ path, text }: Source) =>
  /\bfetch\(|^import (?!type\b).*from '(node:)?(https?|net|tls|dgram|undici)'/m.test(text) &&
  // The browser asks the server that its page came from; the page's policy lets it ask nobody else.
  !/^(platform\/egress|testing\/|ui\/api\.ts)/.test(path) &&
  !path.startsWith('stores/');
test('no byte leaves but through platform/egress; the stores speak to their own sockets', () => {
  expect(sources.filter(goesOut).map(({ path }) => path)).toEqual([]);
  expect(goesOut({ path: 'features/audit/run.ts', text: "import { request } from 'node:https';" })).toBe(true);
});

// hostile.ts holds the attacks that tests try on the report, as texts.
const evaluates = ({ path, text }: Source) =>
  !path.endsWith('/hostile.ts') && /\beval\(|new Function\(|from 'node:vm'|export \*/.test(text);
test('nothing is evaluated, and no door is a barrel', () => {
  expect(sources.filter(evaluates).map(({ path }) => path)).toEqual([]);
  expect(evaluates({ path: 'a.ts', text: "export * from './b.ts';" })).toBe(true);
});

const inBrowser = (path: string) => /^(ui|surfaces\/web)\//.test(path);
const takesCode = ({ path, text }: Source): Import[] => {
  const types = new Set(importsOf({ path, text }, typeOnly).map(({ to }) => to));
  return inBrowser(path) ? importsOf({ path, text }).filter(({ to }) => !inBrowser(to) && !types.has(to)) : [];
};
test('the browser gets types of the server, never its code', () => {
  expect(sources.flatMap(takesCode)).toEqual([]);
  const text = "import { perform } from '../platform/operation.ts';";
  expect(takesCode({ path: 'ui/api.ts', text })).not.toEqual([]);
});

// Texts of clients are hostile. React shows them as text, as long as nobody goes around it; and what a script could keep,
// another script could read.
const opensUp = ({ path, text }: Source) =>
  inBrowser(path) &&
  (/dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|srcDoc|document\.cookie|sessionStorage/i.test(
    text,
  ) ||
    (/localStorage/.test(text) && path !== 'ui/kept-theme.ts'));
test('in the browser, text is never markup, and nothing secret is kept', () => {
  expect(sources.filter(opensUp).map(({ path }) => path)).toEqual([]);
  for (const text of ['<p dangerouslySetInnerHTML={{ __html }} />', 'node.innerHTML = text', "localStorage.setItem('key', key)"])
    expect(opensUp({ path: 'surfaces/web/pages/trace.tsx', text }), text).toBe(true);
});

test('every import of a file names a file that exists', () => {
  const known = new Set(files(src).map((path) => relative(src, path)));
  expect(imports.filter(({ to }) => !known.has(to))).toEqual([]);
  expect(imports.length).toBeGreaterThan(100);
});

test('every folder of a feature is in the list', () => {
  const folders = new Set(sources.map(({ path }) => feature(path)).filter((name) => name !== null));
  expect([...folders].filter((name) => !order.includes(name))).toEqual([]);
});
