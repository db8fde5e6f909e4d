CREATE TABLE IF NOT EXISTS usage_minute_local ON CLUSTER `main` (
  client_id UUID,
  at DateTime('UTC') CODEC(Delta, ZSTD(1)),
  workflow LowCardinality(String),
  environment LowCardinality(String),
  model LowCardinality(String),
  prompt_version String,
  status LowCardinality(String),
  spans SimpleAggregateFunction(sum, UInt64),
  calls SimpleAggregateFunction(sum, UInt64),
  with_input SimpleAggregateFunction(sum, UInt64),
  input_tokens SimpleAggregateFunction(sum, UInt64),
  with_output SimpleAggregateFunction(sum, UInt64),
  output_tokens SimpleAggregateFunction(sum, UInt64),
  with_cost SimpleAggregateFunction(sum, UInt64),
  cost_usd SimpleAggregateFunction(sum, Float64),
  timed SimpleAggregateFunction(sum, UInt64),
  latency AggregateFunction(quantilesTDigest(0.5, 0.95), Float64)
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/usage_minute_local', '{replica}')
ORDER BY (client_id, at, workflow, environment, model, prompt_version, status)
TTL at + INTERVAL 30 DAY
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS usage_minute ON CLUSTER `main` AS usage_minute_local
ENGINE = Distributed(`main`, currentDatabase(), usage_minute_local, cityHash64(client_id));

CREATE TABLE IF NOT EXISTS usage_hour_local ON CLUSTER `main` AS usage_minute_local
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/usage_hour_local', '{replica}')
ORDER BY (client_id, at, workflow, environment, model, prompt_version, status)
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS usage_hour ON CLUSTER `main` AS usage_hour_local
ENGINE = Distributed(`main`, currentDatabase(), usage_hour_local, cityHash64(client_id));

CREATE TABLE IF NOT EXISTS usage_day_local ON CLUSTER `main` AS usage_minute_local
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/usage_day_local', '{replica}')
ORDER BY (client_id, at, workflow, environment, model, prompt_version, status)
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS usage_day ON CLUSTER `main` AS usage_day_local
ENGINE = Distributed(`main`, currentDatabase(), usage_day_local, cityHash64(client_id));

CREATE TABLE IF NOT EXISTS run_minute_local ON CLUSTER `main` (
  client_id UUID,
  at DateTime('UTC') CODEC(Delta, ZSTD(1)),
  workflow LowCardinality(String),
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
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/run_minute_local', '{replica}')
ORDER BY (client_id, at, workflow, environment)
TTL at + INTERVAL 30 DAY
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS run_minute ON CLUSTER `main` AS run_minute_local
ENGINE = Distributed(`main`, currentDatabase(), run_minute_local, cityHash64(client_id));

CREATE TABLE IF NOT EXISTS run_hour_local ON CLUSTER `main` AS run_minute_local
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/run_hour_local', '{replica}')
ORDER BY (client_id, at, workflow, environment)
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS run_hour ON CLUSTER `main` AS run_hour_local
ENGINE = Distributed(`main`, currentDatabase(), run_hour_local, cityHash64(client_id));

CREATE TABLE IF NOT EXISTS run_day_local ON CLUSTER `main` AS run_minute_local
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/run_day_local', '{replica}')
ORDER BY (client_id, at, workflow, environment)
SETTINGS replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS run_day ON CLUSTER `main` AS run_day_local
ENGINE = Distributed(`main`, currentDatabase(), run_day_local, cityHash64(client_id));

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_of_spans ON CLUSTER `main` TO usage_minute_local AS
SELECT client_id, toStartOfMinute(toDateTime(span.started_at, 'UTC')) AS at, ifNull(span.workflow, '') AS workflow,
  ifNull(span.environment, '') AS environment, ifNull(span.model, '') AS model, ifNull(span.prompt_version, '') AS prompt_version,
  span.status AS status, count() AS spans, countIf(span.costable) AS calls,
  countIf(span.costable AND span.input_tokens IS NOT NULL) AS with_input,
  sumIf(ifNull(span.input_tokens, 0), span.costable) AS input_tokens,
  countIf(span.costable AND span.output_tokens IS NOT NULL) AS with_output,
  sumIf(ifNull(span.output_tokens, 0), span.costable) AS output_tokens,
  countIf(span.costable AND span.cost_usd IS NOT NULL) AS with_cost, sumIf(ifNull(span.cost_usd, 0), span.costable) AS cost_usd,
  countIf(span.costable AND span.duration_ms IS NOT NULL) AS timed,
  quantilesTDigestStateIf(0.5, 0.95)(ifNull(span.duration_ms, 0), span.costable AND span.duration_ms IS NOT NULL) AS latency
FROM span_local AS span WHERE NOT span.resent
GROUP BY client_id, at, workflow, environment, model, prompt_version, status;

CREATE MATERIALIZED VIEW IF NOT EXISTS runs_of_spans ON CLUSTER `main` TO run_minute_local AS
SELECT client_id, toStartOfMinute(toDateTime(span.started_at, 'UTC')) AS at, ifNull(span.workflow, '') AS workflow,
  ifNull(span.environment, '') AS environment, uniqCombined64State(12)(span.trace_id) AS runs,
  uniqCombined64StateIf(12)(span.trace_id, span.status = 'error') AS failed,
  uniqCombined64StateIf(12)(ifNull(span.user, ''), ifNull(span.user, '') != '') AS users,
  countIf(span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0) AS timed,
  sumIf(ifNull(span.duration_ms, 0), span.parent_span_id = '') AS sum_ms,
  sumIf(log(ifNull(span.duration_ms, 1)), span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0) AS sum_log_ms,
  quantilesTDigestStateIf(0.5, 0.95)(ifNull(span.duration_ms, 0), span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0)
    AS latency,
  min(span.started_at) AS first_at, max(span.started_at) AS last_at
FROM span_local AS span WHERE NOT span.resent
GROUP BY client_id, at, workflow, environment;

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_hour_of_minute ON CLUSTER `main` TO usage_hour_local AS
SELECT client_id, toStartOfHour(usage_minute.at) AS at, workflow, environment, model, prompt_version, status, sum(usage_minute.spans) AS spans,
  sum(usage_minute.calls) AS calls, sum(usage_minute.with_input) AS with_input, sum(usage_minute.input_tokens) AS input_tokens,
  sum(usage_minute.with_output) AS with_output, sum(usage_minute.output_tokens) AS output_tokens,
  sum(usage_minute.with_cost) AS with_cost, sum(usage_minute.cost_usd) AS cost_usd, sum(usage_minute.timed) AS timed,
  quantilesTDigestMergeState(0.5, 0.95)(usage_minute.latency) AS latency
FROM usage_minute_local AS usage_minute
GROUP BY client_id, toStartOfHour(usage_minute.at), workflow, environment, model, prompt_version, status;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_hour_of_minute ON CLUSTER `main` TO run_hour_local AS
SELECT client_id, toStartOfHour(run_minute.at) AS at, workflow, environment, uniqCombined64MergeState(12)(run_minute.runs) AS runs,
  uniqCombined64MergeState(12)(run_minute.failed) AS failed, uniqCombined64MergeState(12)(run_minute.users) AS users,
  sum(run_minute.timed) AS timed, sum(run_minute.sum_ms) AS sum_ms, sum(run_minute.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_minute.latency) AS latency, min(run_minute.first_at) AS first_at,
  max(run_minute.last_at) AS last_at
FROM run_minute_local AS run_minute
GROUP BY client_id, toStartOfHour(run_minute.at), workflow, environment;

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_day_of_hour ON CLUSTER `main` TO usage_day_local AS
SELECT client_id, toStartOfDay(usage_hour.at) AS at, workflow, environment, model, prompt_version, status, sum(usage_hour.spans) AS spans,
  sum(usage_hour.calls) AS calls, sum(usage_hour.with_input) AS with_input, sum(usage_hour.input_tokens) AS input_tokens,
  sum(usage_hour.with_output) AS with_output, sum(usage_hour.output_tokens) AS output_tokens,
  sum(usage_hour.with_cost) AS with_cost, sum(usage_hour.cost_usd) AS cost_usd, sum(usage_hour.timed) AS timed,
  quantilesTDigestMergeState(0.5, 0.95)(usage_hour.latency) AS latency
FROM usage_hour_local AS usage_hour
GROUP BY client_id, toStartOfDay(usage_hour.at), workflow, environment, model, prompt_version, status;

CREATE MATERIALIZED VIEW IF NOT EXISTS run_day_of_hour ON CLUSTER `main` TO run_day_local AS
SELECT client_id, toStartOfDay(run_hour.at) AS at, workflow, environment, uniqCombined64MergeState(12)(run_hour.runs) AS runs,
  uniqCombined64MergeState(12)(run_hour.failed) AS failed, uniqCombined64MergeState(12)(run_hour.users) AS users,
  sum(run_hour.timed) AS timed, sum(run_hour.sum_ms) AS sum_ms, sum(run_hour.sum_log_ms) AS sum_log_ms,
  quantilesTDigestMergeState(0.5, 0.95)(run_hour.latency) AS latency, min(run_hour.first_at) AS first_at,
  max(run_hour.last_at) AS last_at
FROM run_hour_local AS run_hour
GROUP BY client_id, toStartOfDay(run_hour.at), workflow, environment;
