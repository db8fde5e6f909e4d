import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { join } from 'node:path';
import { shipped } from '../../../platform/paths.ts';
import type { AuditReport } from '../model.ts';
import { pdfFacts } from './pdf-facts.ts';
import { template } from './pdf-template.ts';

const FONTS = shipped('assets', 'fonts');

/** The same report, typeset: A4, tagged, its fonts inside. */
export async function renderPdf(report: AuditReport): Promise<Buffer> {
  const { compiler, document } = await typeset(report);
  const written = Math.floor(Date.parse(report.writtenAt) / 1000);
  return compiler.pdf(document, Number.isFinite(written) ? { creationTimestamp: written } : {});
}

/** The pages before they become a file. */
export async function typeset(report: AuditReport) {
  const [compiler, facts] = await Promise.all([startTypst(), pdfFacts(report)]);
  compiler.mapShadow(join(FONTS, 'facts.json'), Buffer.from(JSON.stringify(facts)));
  const result = compiler.compile({ mainFileContent: template });
  const document = result.result;
  if (!document) throw new Error(`The PDF could not be typeset: ${diagnosis(result.takeError())}`);
  return { compiler, document };
}

// The folder of the fonts is also all that typst may read; facts and layout are handed over in memory.
async function startTypst(): Promise<NodeCompiler> {
  const { NodeCompiler } = await import('@myriaddreamin/typst-ts-node-compiler');
  return NodeCompiler.create({ workspace: FONTS, fontArgs: [{ fontPaths: [FONTS] }] });
}

const diagnosis = (error: { shortDiagnostics: unknown[] } | null) => JSON.stringify(error?.shortDiagnostics ?? []).slice(0, 500);
