/** A query whose id begins so is answered at once, ahead of any queue: it looks at other queries or kills them. */
export const controlPrefix = 'control-';

/** An insert whose rows are in a file among those of the engine, and not in the body, names it in this header. */
export const bodyHeader = 'x-steward-body';
export const bodyName = (id: string) => `${id}.handed`;
export const isBodyName = (name: string) => /^[0-9a-f-]{36}\.handed$/.test(name);
