-- Traces that erasures took, as hashes: what still comes of one goes, too, where it names nobody.
create table erased_trace (
  client_id uuid not null,
  erasure_id uuid not null,
  -- SHA-256 of the salt of the erasure and the id of the trace.
  hash bytea not null check (length(hash) = 32),
  primary key (client_id, erasure_id, hash),
  foreign key (client_id, erasure_id) references erasure on delete cascade
);

alter table erased_trace enable row level security;
alter table erased_trace force row level security;
create policy client_wall on erased_trace using (client_id = steward_client());
