CREATE TABLE IF NOT EXISTS run_all_hour_local ON CLUSTER `main` (
  client_id UUID,
  at DateTime('UTC') CODEC(Delta, ZSTD(1)),
  environment LowCardinality(String),
  runs AggregateFunction(uniqCombined64(12), FixedString(32)),
  failed AggregateFunction(uniqCombined64(12), FixedString(32)),
  users AggregateFunction(uniqCombined64(12), String),
  timed SimpleAggregateFunction(sum, UInt64),
  sum_ms SimpleAggregateFunction(sum, Float64),
  sum_log_ms SimpleAggregateFunction(sum, Float64),
  latency AggregateFunction(quantilesTDigest(0.5, 0.95), Float64),
  first_at SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/run_all_hour_local', '{replica}')
ORDER BY (client_id, at, environment)
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS run_all_hour ON CLUSTER `main` AS run_all_hour_local
ENGINE = Distributed(`main`, currentDatabase(), run_all_hour_local, cityHash64(client_id));

TRUNCATE TABLE run_all_hour_local ON CLUSTER `main`;

INSERT INTO run_all_hour
SELECT client_id, run_hour.at AS at, environment, uniqCombined64MergeState(12)(run_hour.runs) AS runs,
  uniqCombined64MergeState(12)(run_hour.failed) AS failed, uniqCombined64MergeState(12)(run_hour.users) AS users,
  sum(run_hour.timed) AS timed, sum(run_hour.sum_ms) AS sum_ms, sum(run_hour.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_hour.latency) AS latency, min(run_hour.first_at) AS first_at,
  max(run_hour.last_at) AS last_at
FROM run_hour
GROUP BY client_id, run_hour.at, environment
SETTINGS optimize_aggregation_in_order = 1, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 8192;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_all_hour_of_hour ON CLUSTER `main` TO run_all_hour_local AS
SELECT client_id, run_hour.at AS at, environment, uniqCombined64MergeState(12)(run_hour.runs) AS runs,
  uniqCombined64MergeState(12)(run_hour.failed) AS failed, uniqCombined64MergeState(12)(run_hour.users) AS users,
  sum(run_hour.timed) AS timed, sum(run_hour.sum_ms) AS sum_ms, sum(run_hour.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_hour.latency) AS latency, min(run_hour.first_at) AS first_at,
  max(run_hour.last_at) AS last_at
FROM run_hour_local AS run_hour
GROUP BY client_id, run_hour.at, environment;
