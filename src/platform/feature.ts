import type { Job } from './job.ts';
import type { AnyOperation } from './operation.ts';
import type { Route } from './route.ts';

/** What a feature plugs in. Its `index.ts` declares one, as its table of contents. */
export interface Feature {
  readonly name: string;
  readonly operations: readonly AnyOperation[];
  readonly jobs?: readonly Job[];
  readonly routes?: readonly Route[];
}
