/** The report of an audit, in each of its forms. All are made of the same words, `words.ts`. */
export { renderChart, type Size } from './chart.ts';
export type { Theme } from './chart-theme.ts';
export { change, counted, dated, fromTo, money, perMonth, quantity, span, withInterval } from './format.ts';
export { renderHtml } from './html.ts';
export { renderPdf } from './pdf.ts';
export { renderTerminal, type TerminalLayout } from './terminal.ts';
