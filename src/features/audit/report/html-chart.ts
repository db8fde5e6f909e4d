import type { Chart } from '../model.ts';
import { chartKey } from './chart-key.ts';
import { renderChart } from './chart.ts';
import { arrows, html, Markup } from './html-tag.ts';
import type { FindingWords } from './words.ts';

export type ChartMarkup = Markup;

/** A chart with its text equivalent, drawn once for wide and once for narrow pages so that its letters stay readable. */
export async function chartMarkup(chart: Chart, words: NonNullable<FindingWords['chart']>, id: string): Promise<ChartMarkup> {
  const wide = await svg(chart, { width: 760, height: 230 }, `${id}w`);
  const narrow = await svg(chart, { width: 350, height: 210 }, `${id}n`);
  return html`<figure role="group" aria-label="${words.title}">
    <div role="img" aria-label="${words.alt}">
      <div class="wide">${wide}</div>
      <div class="narrow">${narrow}</div>
    </div>
    <figcaption><b>${words.title}.</b> ${arrows(words.caption)} <span class="key">${key(chart)}</span></figcaption>
  </figure>`;
}

// The only markup that does not come out of the tag: ECharts writes it, from numbers and one letter.
async function svg(chart: Chart, size: { width: number; height: number }, id: string): Promise<Markup> {
  const drawn = await renderChart(chart, 'page', size);
  return new Markup(drawn.replace(/\bzr\d+-/g, `${id}-`).replace('<svg ', '<svg aria-hidden="true" focusable="false" '));
}

const key = (chart: Chart): Markup =>
  html`${chartKey(chart).map(({ name, words }) => html`<span><i class="swatch ${name}" aria-hidden="true"></i>${words}</span>`)}`;
