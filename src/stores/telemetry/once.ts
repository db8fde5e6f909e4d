/**
 * Settings of an insert that may have to be tried again: of one token, the table and each table that a view fills from it take the
 * rows once. A try that ended between the two is made whole by the next: by default, views never see rows that the table has.
 */
export const onceBy = (token: string) => ({
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1 as const,
});
