-- The team that runs Steward. One per installation.
create table practice (
  is_only boolean primary key default true check (is_only),
  name text not null,
  created_at timestamptz not null
);

create table client (
  id uuid primary key,
  name text not null,
  -- The name as it is compared, without regard to case: what the database takes for one depends on its locale.
  folded_name text not null unique,
  created_at timestamptz not null,
  -- From then on nobody and nothing gets in; what is there stays.
  closed_at timestamptz
);

create table person (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  name text not null,
  image text,
  -- Owners see every client; operators those they were granted; the people of a client have none.
  practice_role text check (practice_role in ('owner', 'operator')),
  two_factor_enabled boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table membership (
  client_id uuid not null references client on delete cascade,
  person_id uuid not null references person on delete cascade,
  role text not null check (role in ('operator', 'sponsor', 'member', 'reviewer')),
  created_at timestamptz not null,
  primary key (client_id, person_id)
);

-- Keys of a client. Only the hash is kept: a key has 160 random bits, so nothing slower is needed.
create table api_key (
  client_id uuid not null references client on delete cascade,
  id uuid not null,
  hash bytea not null unique check (length(hash) = 32),
  name text not null,
  scopes text[] not null check (scopes <@ array['ingest', 'read', 'write'] and cardinality(scopes) > 0),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at <= created_at + interval '366 days'),
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (client_id, id)
);

-- Keys of the practice are no client's, and may do anything.
create table practice_key (
  id uuid primary key,
  hash bytea not null unique check (length(hash) = 32),
  name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at <= created_at + interval '366 days'),
  revoked_at timestamptz,
  last_used_at timestamptz
);

-- Who did what to a client. Written in the transaction of the deed.
create table audit_entry (
  client_id uuid not null references client on delete cascade,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text not null,
  -- As they were called then: people leave.
  actor_name text,
  operation text not null,
  input jsonb not null,
  primary key (client_id, id)
);
create index audit_entry_at on audit_entry (client_id, at);

-- Who did what to the practice.
create table practice_audit_entry (
  id uuid primary key,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text not null,
  -- As they were called then: people leave.
  actor_name text,
  operation text not null,
  input jsonb not null
);

alter table client enable row level security;
alter table client force row level security;
create policy client_wall on client using (id = steward_client());
create policy practice_wall on client using (steward_in_practice());

alter table person enable row level security;
alter table person force row level security;
create policy client_wall on person for select
  using (exists (select from membership where person_id = person.id and client_id = steward_client()));
create policy practice_wall on person using (steward_in_practice());

alter table membership enable row level security;
alter table membership force row level security;
create policy client_wall on membership using (client_id = steward_client());
create policy practice_wall on membership using (steward_in_practice());

alter table api_key enable row level security;
alter table api_key force row level security;
create policy client_wall on api_key using (client_id = steward_client());
-- At the door, where a key is shown and nobody knows yet whose it is.
create policy practice_wall on api_key using (steward_in_practice());

alter table practice_key enable row level security;
alter table practice_key force row level security;
create policy practice_wall on practice_key using (steward_in_practice());

-- Audit trails are added to and read: no policy lets anybody change them.
alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy client_reads on audit_entry for select using (client_id = steward_client());
create policy client_adds on audit_entry for insert with check (client_id = steward_client());
-- Somebody joined, by a link that was opened at the door.
create policy practice_adds on audit_entry for insert with check (steward_in_practice());

alter table practice_audit_entry enable row level security;
alter table practice_audit_entry force row level security;
create policy practice_reads on practice_audit_entry for select using (steward_in_practice());
create policy practice_adds on practice_audit_entry for insert with check (steward_in_practice());
