-- The processes that share these stores. One row per data directory: it outlives its process, as what waits in a spool does.
create table process (
  id uuid primary key,
  -- This run of it: another after each start.
  instance uuid not null,
  role text not null,
  host text not null,
  -- Of the secret that signs sessions; nothing where no pages are served.
  secret_mark bytea,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  -- When it ended as it was told to.
  ended_at timestamptz
);

-- What of a client waits in the spool of a process, and what the client sent there lately.
create table process_client (
  client_id uuid not null references client on delete cascade,
  process_id uuid not null references process on delete cascade,
  waiting_bytes bigint not null,
  -- Lines of the ledger.
  waiting jsonb not null,
  day date not null,
  day_bytes bigint not null,
  minute timestamptz not null,
  minute_items bigint not null,
  primary key (client_id, process_id)
);

alter table process_client enable row level security;
alter table process_client force row level security;
-- Counts alone: the practice may see them.
create policy client_wall on process_client using (client_id = steward_client() or steward_in_practice());

-- Requests with telemetry that a process took, by a hash of client and body: sent again to another process, they are taken once.
create table taken_batch (
  digest bytea primary key,
  process_id uuid not null,
  at timestamptz not null
);
create index taken_batch_at on taken_batch (at);

-- Which run of a process began the job: one that ended in the middle of it is begun again by another.
alter table job_run add column instance uuid;
