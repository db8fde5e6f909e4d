import type { Declared } from '../../features/index.ts';
import { askAgain, useQuestion, type Known } from '../../ui/answers.ts';
import { post, Refusal } from '../../ui/api.ts';
import type { AnswerOf, ByName, InputOf } from '../../ui/wire.ts';

export type Operations = ByName<Declared>;
export type OperationName = keyof Operations;
export type Input<Name extends OperationName> = InputOf<Operations[Name]>;
export type Answer<Name extends OperationName> = AnswerOf<Operations[Name]>;

/** Asks an operation. The compiler holds name, input and answer against its declaration. Throws `Refusal`. */
export const call = <Name extends OperationName>(name: Name, input: Input<Name>): Promise<Answer<Name>> =>
  (post(`/api/${name}`, input) as Promise<Answer<Name>>).catch((error: unknown) => {
    // The session ended meanwhile: the shell, which watches it, asks to sign in again.
    if (error instanceof Refusal && error.code === 'unauthorized' && name !== 'session.show') void askAgain('session.show');
    throw error;
  });

/** The answer of an operation that reads, as it is now and as it becomes. */
export const useCall = <Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  { everyMs }: { everyMs?: number } = {},
): Known<Answer<Name>> => useQuestion(`${name} ${JSON.stringify(input)}`, () => call(name, input), everyMs);
