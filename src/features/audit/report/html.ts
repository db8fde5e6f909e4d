import type { AuditReport } from '../model.ts';
import { type ChartMarkup, chartMarkup } from './html-chart.ts';
import { findingArticle } from './html-finding.ts';
import { stylesheet } from './html-style.ts';
import { arrows, html, type Markup } from './html-tag.ts';
import { type FindingWords, groupNote, reportWords, type ReportWords, type Section, type Table } from './words.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The report as one file that asks for nothing: no script, no font, no network. */
export async function renderHtml(report: AuditReport): Promise<string> {
  const words = reportWords(report);
  const charts = new Map<string, ChartMarkup>();
  for (const [i, { id, chart }] of report.findings.entries()) {
    const caption = words.findings[i]?.chart;
    if (chart && caption) charts.set(id, await chartMarkup(chart, caption, `c${i + 1}`));
  }
  return page(words, charts).text;
}

const page = (words: ReportWords, charts: Map<string, ChartMarkup>) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>Audit: ${words.verdict}</title>
        <style>
          ${stylesheet}
        </style>
      </head>
      <body>
        <header class="top">
          <p class="eyebrow">Steward audit · ${words.writtenAt}</p>
          <h1>${words.verdict}</h1>
          <p class="soft">${words.source.files} · ${words.source.rows}${words.source.period && ` · ${words.source.period}`}</p>
          ${figures(words)}
        </header>
        <main>
          ${words.findings.length > 3 && overview(words.findings)}
          ${
            words.nothing
              ? html`<section aria-labelledby="changed">
                  <h2 id="changed">What changed</h2>
                  <p class="calm-text">${words.nothing}</p>
                </section>`
              : changes(words, charts)
          }
          ${words.cohorts.length > 0 && cohorts(words.cohorts)} ${judged(words)} ${reading(words)}
        </main>
        <footer>
          <p class="soft">
            Steward ${words.steward}. Written on ${words.writtenAt}. Times are UTC; ranges in brackets are 95 % intervals.
          </p>
        </footer>
      </body>
    </html> `;

const figures = ({ figures }: ReportWords) =>
  html`<dl class="figures">
    ${figures.map(
      ({ name, value, note }) =>
        html`<div>
          <dt>${name}</dt>
          <dd><strong>${arrows(value)}</strong><span class="soft">${note}</span></dd>
        </div>`,
    )}
  </dl>`;

const overview = (findings: FindingWords[]) =>
  html`<nav aria-labelledby="overview">
    <h2 id="overview">At a glance</h2>
    <ol class="glance">
      ${findings.map(
        (f) =>
          html`<li>
            <span class="disc ${f.severity} ${f.tone}" aria-hidden="true"></span><a href="#finding-${f.id}">${f.title}</a
            ><span class="soft num">${f.money ?? ''}</span>
          </li>`,
      )}
    </ol>
  </nav>`;

const changes = ({ sections, order }: ReportWords, charts: Map<string, ChartMarkup>) =>
  html`<section aria-labelledby="changed">
    <h2 id="changed">What changed</h2>
    <p class="soft">${order}</p>
    ${sections.map((section) => group(section, charts))}
  </section>`;

function group({ group, findings }: Section, charts: Map<string, ChartMarkup>): Markup {
  const articles = findings.map((finding) => findingArticle(finding, charts.get(finding.id) ?? null));
  if (!group) return html`${articles}`;
  return html`<div class="group">
    <p class="eyebrow">${group.label}, ${findings.length} findings</p>
    <h3>${group.title}</h3>
    <p class="soft">${groupNote(group)}</p>
    ${articles}
  </div>`;
}

const cohorts = (tables: Table[]) =>
  html`<section aria-labelledby="cohorts">
    <h2 id="cohorts">Side by side</h2>
    ${tables.map((table) => tableOf({ ...table, caption: `By ${table.caption}` }))}
  </section>`;

/** A table whose columns after the first are numbers. */
const tableOf = ({ caption, head, rows }: Table, numbers = true) =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${!numbers ? 'plain' : head.length > 2 ? 'numbers many' : 'numbers'}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const judged = ({ steady, moved, undecided, undecidedMore }: ReportWords) =>
  (steady || moved || undecided.length > 0) &&
  html`<section aria-labelledby="judged">
    <h2 id="judged">What else was looked at</h2>
    ${moved && html`<p><b>Moved by less than counts:</b> ${moved}.</p>`} ${steady && html`<p><b>Steady:</b> ${steady}.</p>`}
    ${
      undecided.length > 0 &&
      tableOf(
        { caption: 'Too early to tell', head: ['What', 'Needs'], rows: undecided.map(({ what, needs }) => [what, needs]) },
        false,
      )
    }
    ${undecidedMore && html`<p class="soft">… ${undecidedMore}.</p>`}
  </section>`;

const reading = (words: ReportWords) =>
  html`<section aria-labelledby="reading">
    <h2 id="reading">How the log was read</h2>
    ${
      words.assumptions.length > 0 &&
      html`<h3>Assumed</h3>
        <ul>
          ${words.assumptions.map((text) => html`<li>${text}</li>`)}
        </ul>`
    }
    ${words.mapping.length > 0 && tableOf({ caption: 'Columns', head: ['Steward reads', 'from the column'], rows: words.mapping }, false)}
    ${words.unread && html`<p>${words.unread}</p>`}
    <h3>Rejected rows</h3>
    <p>${words.rejected ?? 'Every row could be read.'}</p>
    ${words.rejectedReasons.length > 0 && tableOf({ caption: 'Why rows were rejected', head: ['Reason', 'Rows'], rows: words.rejectedReasons })}
  </section>`;
