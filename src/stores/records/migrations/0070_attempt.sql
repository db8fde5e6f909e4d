-- Refused attempts to get in, as all processes on these stores count them. By a hash of whom they count; forgotten after a quarter of an hour.
create table attempt (
  name bytea primary key check (length(name) = 32),
  refusals integer not null,
  last_at timestamptz not null
);
create index attempt_last_at on attempt (last_at);

alter table attempt enable row level security;
alter table attempt force row level security;
create policy practice_wall on attempt using (steward_in_practice());
