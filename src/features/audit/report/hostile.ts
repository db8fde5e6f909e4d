/** Texts that logs have been seen to hold, or that somebody may put there for us; and a report with one of them in every field. */
import type { AuditReport } from '../model.ts';
import { sampleReport } from './sample-report.ts';

export const hostileTexts: Record<string, string> = {
  script: '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'end of style': '</style></title></svg><script>alert(1)</script>',
  attribute: '" onload="alert(1)" x=\'y\' `z`',
  'javascript address': '[click](javascript:alert(1)) <a href="javascript:alert(1)">x</a>',
  'comment and cdata': '<!-- --> ]]> <![CDATA[ <?xml ?> &lt;b&gt; &#60;',
  'template parts': '${process.exit(1)} {{constructor}} <%= x %>',
  'typst code': '#import "@preview/x:1.0.0": * #eval("1") #read("/etc/passwd") #panic()',
  'typst markup': '$ x^2 $ *bold* _it_ `raw` = head <label> @ref \\ // /* ] } ) "',
  'terminal commands': '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J \u009b5m \u001bc',
  'control characters': 'a\u0000b\u0007c\u0008d\u007fe\u0085f\rg\u000bh',
  'turned writing': '\u202egnp.exe\u202c \u2066x\u2069 \u200f\u061c \ufeff',
  'invisible tags': 'x\u{e0041}\u{e0042} \u2028 \u2029 \ufff9 \ufffe \uffff',
  'half characters': 'a\ud800b\udc00c \ud83d',
  'other scripts': '日本語 한국어 العربية עברית ไทย हिन्दी 🧑‍🚀 🇩🇪',
  'piled marks': `Z${'\u0335\u0301'.repeat(60)}algo`,
  'one long word': 'w'.repeat(260),
  'nothing but spaces': ' \n\t ',
};

const OWN = new Set([
  'kind',
  'direction',
  'severity',
  'unit',
  'at',
  'interval',
  'from',
  'to',
  'writtenAt',
  'id',
  'group',
  'findings',
]);
const KEYED = new Set(['segment', 'mapping', 'facts', 'metrics']);

/** The sample report with `text` in every field that may come from a log, keys of records included. Four charts show what all would. */
export function reportFilledWith(text: string): AuditReport {
  const sample = sampleReport();
  const findings = sample.findings.map((finding, i) =>
    i < 2 || finding.chart?.bars || finding.chart?.cohorts ? finding : { ...finding, chart: null },
  );
  return {
    ...(filled(sample, text) as AuditReport),
    findings: findings.map((finding) => filled(finding, text) as typeof finding),
  };
}

function filled(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => filled(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, OWN.has(key) ? inner : keyed(key, inner, text)]));
}

function keyed(key: string, inner: unknown, text: string): unknown {
  const value = filled(inner, text);
  if (!KEYED.has(key) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([, item], i) => [`${i}${text}`, item]));
}
