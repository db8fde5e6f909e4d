import type { z } from 'zod';
import type { AnyOperation } from '../platform/operation.ts';

/** What JSON makes of a value: times arrive as text. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer One)[]
    ? Wire<One>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** The operations by their names, out of their declarations. */
export type ByName<Declared extends AnyOperation> = { [Op in Declared as Op['name']]: Op };
export type InputOf<Op extends AnyOperation> = z.input<Op['input']>;
/** An answer about a client says which. */
export type AnswerOf<Op extends AnyOperation> = Wire<z.output<Op['output']>> & { client?: string };
