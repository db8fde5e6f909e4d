/** HTTP: every operation that is not of the terminal, at `POST /api/<name>`. */
export { createApp, type AppParts } from './app.ts';
export { hostsOf } from './guard.ts';
export { listen, type Listening } from './listen.ts';
