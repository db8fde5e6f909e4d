-- What is struck from a client's telemetry before it is kept. No row: nothing.
create table redaction (
  client_id uuid primary key references client on delete cascade,
  patterns text[] not null,
  -- [{"name", "pattern"}]
  own jsonb not null,
  drop_texts boolean not null,
  updated_at timestamptz not null
);

-- For how many days each kind of telemetry of a client is kept. No row: for good.
create table retention (
  client_id uuid not null references client on delete cascade,
  kind text not null check (kind in ('texts', 'spans', 'logs', 'metrics', 'scores')),
  days integer not null check (days between 1 and 36500),
  updated_at timestamptz not null,
  primary key (client_id, kind)
);

-- End users whose telemetry is erased. Only hashes say who: their name would outlive what was erased.
create table erasure (
  client_id uuid not null references client on delete cascade,
  id uuid not null,
  -- SHA-256 of the name, and of what redaction made of it.
  user_hashes text[] not null check (cardinality(user_hashes) > 0),
  requested_at timestamptz not null,
  -- Rows that were there, and that were left.
  rows_before bigint not null,
  rows_after bigint not null,
  checked_at timestamptz not null,
  primary key (client_id, id)
);

alter table redaction enable row level security;
alter table redaction force row level security;
create policy client_wall on redaction using (client_id = steward_client());

alter table retention enable row level security;
alter table retention force row level security;
create policy client_wall on retention using (client_id = steward_client());

alter table erasure enable row level security;
alter table erasure force row level security;
create policy client_wall on erasure using (client_id = steward_client());
