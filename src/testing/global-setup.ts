import { build } from '../../scripts/build.mjs';

/** The child processes that tests start run from dist/, so it must be as new as what is tested. */
export default async function setup() {
  await build();
}
