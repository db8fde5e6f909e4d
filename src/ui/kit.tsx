/** The pieces every page is made of. Text of clients only ever arrives here as text. */
export { Empty, Page, Section } from './page.tsx';
export { Answered, Failure, Skeleton } from './answered.tsx';
export { State, type StateKind } from './state.tsx';
export { Since, When } from './when.tsx';
export { Name } from './name.tsx';
export { Button, Field, TextField, type ButtonLook } from './field.tsx';
export { Copyable, CopyText } from './copy.tsx';
export { Dialog, Keys } from './dialog.tsx';
