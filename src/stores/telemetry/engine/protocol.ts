/** A query whose id begins so is answered at once, ahead of any queue: it looks at other queries or kills them. */
export const controlPrefix = 'control-';
