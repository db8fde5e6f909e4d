#!/usr/bin/env node
import { setup } from '../scripts/setup.mjs';

await setup();
const { main } = await import('../dist/main.mjs');
await main(process.argv.slice(2));
