-- How much a client may send. Nothing: as much as it likes.
create table ingest_quota (
  client_id uuid primary key references client on delete cascade,
  spans_per_minute bigint check (spans_per_minute > 0),
  bytes_per_day bigint check (bytes_per_day > 0),
  changed_at timestamptz not null
);

alter table ingest_quota enable row level security;
alter table ingest_quota force row level security;
create policy client_wall on ingest_quota using (client_id = steward_client());
