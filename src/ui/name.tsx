import { visible } from './format.ts';

/** A name as a client gave it: no sign in it turns the text beside it, and it is never nothing. */
export const Name = ({ of }: { of: string }) => <bdi title={visible(of)}>{visible(of)}</bdi>;
