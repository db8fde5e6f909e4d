CREATE TABLE IF NOT EXISTS ingest_ledger_local ON CLUSTER `main` (
  client_id UUID,
  hour DateTime('UTC'),

  kind LowCardinality(String),

  outcome LowCardinality(String),
  reason LowCardinality(String),
  items UInt64,
  requests UInt64,
  bytes UInt64
)
ENGINE = ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/{database}/ingest_ledger_local', '{replica}', (items, requests, bytes))
PARTITION BY toYear(hour)
ORDER BY (client_id, hour, kind, outcome, reason)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS ingest_ledger ON CLUSTER `main` AS ingest_ledger_local
ENGINE = Distributed(`main`, currentDatabase(), ingest_ledger_local, cityHash64(client_id));
