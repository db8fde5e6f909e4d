import { rememberByClient } from '../../../platform/remember.ts';
import type { Sql } from '../../../platform/sql.ts';
import { findRedaction } from './store.ts';
import { keeperOf } from './strike-span.ts';

/** What a client lets be kept, as it was decided a few seconds ago at most; at once where this process decided it. */
export const keeperFor = rememberByClient(async (records: Sql, clientId: string) =>
  keeperOf(await findRedaction(records, clientId), clientId),
);
