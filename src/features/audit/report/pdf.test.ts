import { expect, test } from 'vitest';
import type { AuditReport } from '../model.ts';
import { hostileTexts, reportFilledWith } from './hostile.ts';
import { renderPdf, typeset } from './pdf.ts';
import { quietReport, sampleReport, undatedReport } from './sample-report.ts';

/** The words on the pages, as typst has set them. */
async function textOf(report: AuditReport): Promise<string> {
  const { compiler, document } = await typeset(report);
  const words = [...compiler.svg(document).matchAll(/class="tsel"[^>]*>([^<]*)</g)].map((match) => match[1] ?? '');
  return words
    .join('')
    .replaceAll('\u200b', '')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

test('a tagged PDF with its fonts inside', async () => {
  const pdf = await renderPdf(sampleReport());
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const raw = pdf.toString('latin1');
  expect(raw).toMatch(/\/Marked true/);
  expect(raw).toMatch(/Inter-Regular/);
  expect(raw).toMatch(/SourceSerif4-Regular/);
  expect(raw.match(/\/FontFile2/g)?.length).toBeGreaterThanOrEqual(4);
  expect(pdf.length).toBeLessThan(500_000);
});

test('nothing changed, and no time: one calm page', async () => {
  const quiet = await textOf(quietReport());
  expect(quiet).toContain('Nothing changed that the log can show.');
  expect(await textOf(undatedReport())).toContain('49 % → 76 %');
  expect(quiet).not.toMatch(/none|null|undefined/);
});

test.each(Object.entries(hostileTexts))('%s is set as text', async (_, text) => {
  expect((await renderPdf(reportFilledWith(text))).subarray(0, 5).toString()).toBe('%PDF-');
});

test('markup of typst is shown, not run', async () => {
  const pages = await textOf(reportFilledWith('#panic() $x^2$ *b* #read("a")'));
  expect(pages).toContain('#panic() $x^2$ *b* #read("a")');
});

test('ten megabytes in every field are cut', async () => {
  const pdf = await renderPdf(reportFilledWith('#let x = [a] '.repeat(800_000)));
  expect(pdf.length).toBeLessThan(2_000_000);
});

test('scripts that the fonts do not hold are announced', async () => {
  const note = 'scripts or emoji that the fonts of this report do not hold';
  expect(await textOf(sampleReport())).not.toContain(note);
  expect((await textOf(reportFilledWith('日本語'))).replace(/\s+/g, ' ')).toContain(note);
});
