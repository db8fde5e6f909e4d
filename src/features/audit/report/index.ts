/** The report of an audit, in each of its forms. All are made of the same words, `words.ts`. */
export { renderTerminal, type TerminalLayout } from './terminal.ts';
export { renderHtml } from './html.ts';
export { renderPdf } from './pdf.ts';
