CREATE TABLE IF NOT EXISTS span_line_local ON CLUSTER `main` (
  client_id UUID,
  trace_id FixedString(32),
  span_id FixedString(16),
  started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  line String CODEC(ZSTD(1))
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/span_line_local', '{replica}', received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, toStartOfFiveMinutes(started_at), trace_id, span_id)
SETTINGS index_granularity = 512, min_compress_block_size = 16384, fsync_after_insert = 1, fsync_part_directory = 1,
  replicated_deduplication_window = 1000, min_bytes_for_wide_part = 67108864;

CREATE TABLE IF NOT EXISTS span_line ON CLUSTER `main` AS span_line_local
ENGINE = Distributed(`main`, currentDatabase(), span_line_local, cityHash64(client_id, trace_id));

TRUNCATE TABLE span_line_local ON CLUSTER `main`;

INSERT INTO span_line
SELECT client_id, trace_id, span_id, started_at, received_at,
  concatWithSeparator('\x1f', toString(span_id), parent_span_id, replaceAll(name, '\x1f', ' '),
    replaceAll(ifNull(workflow, ''), '\x1f', ' '), toString(started_at), ifNull(toString(duration_ms), ''), status,
    replaceAll(ifNull(provider, ''), '\x1f', ' '), replaceAll(ifNull(model, ''), '\x1f', ' '), ifNull(toString(input_tokens), ''),
    ifNull(toString(cached_input_tokens), ''), ifNull(toString(cache_write_tokens), ''), ifNull(toString(output_tokens), ''),
    ifNull(toString(reasoning_tokens), ''), replaceAll(ifNull(user, ''), '\x1f', ' '),
    replaceAll(ifNull(session, ''), '\x1f', ' '), replaceAll(ifNull(environment, ''), '\x1f', ' '),
    replaceAll(ifNull(trace_name, ''), '\x1f', ' '), ifNull(toString(cost_usd), ''), toString(costable)) AS line
FROM span;

CREATE MATERIALIZED VIEW IF NOT EXISTS lines_of_spans ON CLUSTER `main` TO span_line_local AS
SELECT client_id, trace_id, span_id, started_at, received_at,
  concatWithSeparator('\x1f', toString(span_id), parent_span_id, replaceAll(name, '\x1f', ' '),
    replaceAll(ifNull(workflow, ''), '\x1f', ' '), toString(started_at), ifNull(toString(duration_ms), ''), status,
    replaceAll(ifNull(provider, ''), '\x1f', ' '), replaceAll(ifNull(model, ''), '\x1f', ' '), ifNull(toString(input_tokens), ''),
    ifNull(toString(cached_input_tokens), ''), ifNull(toString(cache_write_tokens), ''), ifNull(toString(output_tokens), ''),
    ifNull(toString(reasoning_tokens), ''), replaceAll(ifNull(user, ''), '\x1f', ' '),
    replaceAll(ifNull(session, ''), '\x1f', ' '), replaceAll(ifNull(environment, ''), '\x1f', ' '),
    replaceAll(ifNull(trace_name, ''), '\x1f', ' '), ifNull(toString(cost_usd), ''), toString(costable)) AS line
FROM span_local AS span;
