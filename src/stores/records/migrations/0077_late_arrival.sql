-- Segments of a spool that are loaded a day or more after they were begun: what of users who were erased since is in them goes, too.
create table late_arrival (
  -- When it was begun: nothing in it came before.
  since timestamptz primary key,
  -- When it was last tried.
  noted_at timestamptz not null
);

alter table late_arrival enable row level security;
alter table late_arrival force row level security;
create policy practice_wall on late_arrival using (steward_in_practice());
