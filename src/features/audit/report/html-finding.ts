import type { ChartMarkup } from './html-chart.ts';
import { arrows, html, type Markup, type Part } from './html-tag.ts';
import { cut } from './text.ts';
import { type ExampleWords, factsOf, type FindingWords } from './words.ts';

/** One finding: what happened, its numbers, its picture, what to do, and the rows that show it. */
export const findingArticle = (f: FindingWords, chart: ChartMarkup | null) =>
  html`<article id="finding-${f.id}" class="finding">
    <p class="badge ${f.tone}"><span class="disc ${f.severity}" aria-hidden="true"></span> ${f.severity} · ${f.direction}</p>
    <h3>${f.title}</h3>
    ${numbers(f)} ${chart} ${f.explanation && html`<p>${arrows(f.explanation)}</p>`}
    ${f.action && html`<p class="next"><b>Next:</b> ${f.action}</p>`} ${evidence(f)}
  </article>`;

const numbers = (f: FindingWords): Markup =>
  html`<dl class="facts">
    ${factsOf(f).map(
      ([name, value]) =>
        html`<div>
          <dt>${arrows(name)}</dt>
          <dd>${arrows(value)}</dd>
        </div>`,
    )}
  </dl>`;

function evidence({ before, after }: FindingWords): Part {
  if (before.length + after.length === 0) return null;
  return html`<details class="evidence">
    <summary>Rows that show it: ${before.length} before, ${after.length} after</summary>
    <div class="sides">${side('Before', before)}${side('After', after)}</div>
  </details>`;
}

const side = (name: string, examples: ExampleWords[]) =>
  examples.length > 0 &&
  html`<div>
    <h4>${name}</h4>
    ${examples.map(exampleBlock)}
  </div>`;

const exampleBlock = ({ place, head, facts, texts }: ExampleWords) =>
  html`<div class="example">
    <p class="soft"><code dir="auto">${place}</code> ${head}</p>
    ${facts.length > 0 && html`<p class="chips">${facts.map((fact) => html`<span dir="auto">${fact}</span>`)}</p>`}
    <dl>
      ${texts.map(
        ({ name, text }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${quoted(text)}</dd>
          </div>`,
      )}
    </dl>
  </div>`;

const LONG = 320;

const quoted = (text: string) =>
  text.length <= LONG
    ? html`<pre dir="auto">${text}</pre>`
    : html`<details class="long">
        <summary><span dir="auto">${cut(text.replace(/\s+/g, ' '), 160)}</span></summary>
        <pre dir="auto">${text}</pre>
      </details>`;
