import { expect, test } from 'vitest';
import { hostileTexts, reportFilledWith } from './hostile.ts';
import { html } from './html-tag.ts';
import { renderHtml } from './html.ts';
import { quietReport, sampleReport, undatedReport } from './sample-report.ts';

interface Token {
  tag: string;
  attributes: Record<string, string>;
}

// A strict reader: outside of tags a `<` cannot stand, and attributes are names with double-quoted values.
function tokens(page: string): Token[] {
  const found: Token[] = [];
  const TAG = /([^<]*)<(!doctype html|\/?[a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<>]*")?)*)\s*\/?>/y;
  while (TAG.lastIndex < page.trimEnd().length) {
    const at = TAG.lastIndex;
    const match = TAG.exec(page);
    if (!match) throw new Error(`Not our markup: ${page.slice(at, at + 120)}`);
    const attributes = Object.fromEntries(
      [...(match[3] ?? '').matchAll(/([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g)].map((m) => [m[1] ?? '', m[2] ?? '']),
    );
    found.push({ tag: match[2] ?? '', attributes });
  }
  return found;
}

const skeleton = (page: string) => tokens(page).map(({ tag, attributes }) => `${tag} ${Object.keys(attributes).join(' ')}`);
const text = (page: string) => page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ');

test('every value is escaped unless the tag wrote it', () => {
  expect(html`<p title="${'"><b>'}">${'<i>&'}${html`<b>${1}</b>`}${[html`<u></u>`, '<']}${null}${false}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&amp;<b>1</b><u></u>&lt;</p>',
  );
});

test('the report asks for nothing and runs nothing', async () => {
  const page = await renderHtml(sampleReport());
  const all = tokens(page);
  expect(all.map(({ tag }) => tag.toLowerCase())).not.toEqual(expect.arrayContaining(['script']));
  expect(all.some(({ tag }) => /^(script|iframe|object|embed|link|base|form|img|foreignobject|use)$/i.test(tag))).toBe(false);
  const names = new Set(all.flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...names].filter((name) => /^on|^src$|^action$|^xlink:href$/i.test(name))).toEqual([]);
  const links = all.flatMap(({ attributes }) => (attributes.href === undefined ? [] : [attributes.href]));
  expect(links.every((href) => /^#finding-f\d+$/.test(href))).toBe(true);
  expect(page).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:');
});

test.each(Object.entries(hostileTexts))('%s changes no element and no attribute', async (_, hostile) => {
  // Empty texts leave out their elements, so the harmless one is as empty.
  const harmless = hostile.trim() === '' ? ' ' : 'x'.repeat(Math.min(hostile.length, 40));
  expect(skeleton(await renderHtml(reportFilledWith(hostile)))).toEqual(skeleton(await renderHtml(reportFilledWith(harmless))));
});

test('hostile text is shown as it was written', async () => {
  const page = await renderHtml(reportFilledWith('<b>"bold"</b>'));
  expect(page).toContain('&lt;b&gt;&quot;bold&quot;&lt;/b&gt;');
  const turned = await renderHtml(reportFilledWith('x\u001b[31m\u202ey'));
  expect([turned.includes('\u001b'), turned.includes('\u202e')]).toEqual([false, false]);
});

test('ten megabytes in every field still make a small file', async () => {
  const page = await renderHtml(reportFilledWith('<b>&'.repeat(2_600_000)));
  expect(page.length).toBeLessThan(2_000_000);
});

test('each finding has its picture, with words for those who cannot see it', async () => {
  const all = tokens(await renderHtml(sampleReport()));
  const pictures = all.filter(({ attributes }) => attributes.role === 'img');
  expect(pictures.length).toBe(7);
  expect(pictures[0]?.attributes['aria-label']).toBe(
    'Right answers per day, 1 May – 30 June 2026. Level 84 % (82–86), then 50 % (48–52). A: 3 June 2026 (2–4 June).',
  );
});

test('headings form a tree and ids are used once', async () => {
  const all = tokens(await renderHtml(sampleReport()));
  const levels = all.map(({ tag }) => Number(/^h([1-6])$/.exec(tag)?.[1])).filter((level) => level > 0);
  expect(levels[0]).toBe(1);
  expect(levels.every((level, i) => i === 0 || level - (levels[i - 1] ?? 0) <= 1)).toBe(true);
  const ids = all.flatMap(({ attributes }) => (attributes.id ? [attributes.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  for (const landmark of ['header', 'main', 'footer', 'nav']) expect(all.filter(({ tag }) => tag === landmark).length).toBe(1);
});

test('one drawing serves light and dark', async () => {
  const page = await renderHtml(sampleReport());
  const charts = page.slice(page.indexOf('<svg'));
  expect(charts).toContain('stroke="var(--chart-line)"');
  expect(charts).not.toMatch(/(?:fill|stroke)="#(?!000")/);
});

test('nothing changed, and no time: no gap in the page', async () => {
  const [quiet, undated] = [text(await renderHtml(quietReport())), text(await renderHtml(undatedReport()))];
  expect(quiet).toContain('Nothing changed that the log can show.');
  expect(undated.replaceAll(/\s+/g, ' ')).toContain('49 % → 76 %');
  for (const page of [quiet, undated]) expect(page).not.toMatch(/undefined|NaN|null|unknown date/);
});

function luminance(hex: string): number {
  const channel = (i: number) => {
    const value = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

test('text stands out from its ground by 4.5, lines of charts by 3, in light and dark', async () => {
  const page = await renderHtml(quietReport());
  const themes = [...page.matchAll(/:root\{(?:color-scheme:light dark;)?(--bg:#[^}]*)\}/g)]
    .slice(0, 2)
    .map((match) => match[1] ?? '');
  expect(themes.length).toBe(2);
  for (const theme of themes) {
    const color = new Map([...theme.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
    const contrast = (name: string) => {
      const [a = 0, b = 0] = [luminance(color.get(name) ?? ''), luminance(color.get('bg') ?? '')].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    };
    for (const name of ['ink', 'soft', 'accent', 'bad', 'warn', 'good', 'calm', 'chart-text'])
      expect([name, contrast(name) >= 4.5]).toEqual([name, true]);
    for (const name of ['chart-line', 'chart-level', 'chart-mark']) expect([name, contrast(name) >= 3]).toEqual([name, true]);
  }
});
