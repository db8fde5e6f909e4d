-- Hours of all workflows together: what a chart of a whole client reads, so that it merges one sketch per hour and not one per hour
-- and workflow. Filled from what is inserted into run_hour; what stood there before, first of all. Read in order of the key, so
-- that one hour is in memory at a time.
CREATE TABLE IF NOT EXISTS run_all_hour (
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
ENGINE = AggregatingMergeTree
ORDER BY (client_id, at, environment)
SETTINGS non_replicated_deduplication_window = 1000;

-- A try that was broken off left some of it.
TRUNCATE TABLE run_all_hour;

INSERT INTO run_all_hour
SELECT client_id, run_hour.at AS at, environment, uniqCombined64MergeState(12)(run_hour.runs) AS runs,
  uniqCombined64MergeState(12)(run_hour.failed) AS failed, uniqCombined64MergeState(12)(run_hour.users) AS users,
  sum(run_hour.timed) AS timed, sum(run_hour.sum_ms) AS sum_ms, sum(run_hour.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_hour.latency) AS latency, min(run_hour.first_at) AS first_at,
  max(run_hour.last_at) AS last_at
FROM run_hour
GROUP BY client_id, run_hour.at, environment
SETTINGS optimize_aggregation_in_order = 1, max_threads = 1, max_block_size = 8192, min_insert_block_size_rows = 8192;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_all_hour_of_hour TO run_all_hour AS
SELECT client_id, run_hour.at AS at, environment, uniqCombined64MergeState(12)(run_hour.runs) AS runs,
  uniqCombined64MergeState(12)(run_hour.failed) AS failed, uniqCombined64MergeState(12)(run_hour.users) AS users,
  sum(run_hour.timed) AS timed, sum(run_hour.sum_ms) AS sum_ms, sum(run_hour.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_hour.latency) AS latency, min(run_hour.first_at) AS first_at,
  max(run_hour.last_at) AS last_at
FROM run_hour
GROUP BY client_id, run_hour.at, environment;
