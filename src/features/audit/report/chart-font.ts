/** What charts are written in. */
export const font = { fontFamily: 'Inter, ui-sans-serif, system-ui, sans-serif', fontSize: 12 };
