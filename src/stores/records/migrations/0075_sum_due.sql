-- Days whose sums are to be made anew: noted before rows of them are deleted or changed, and gone once their sums are made.
create table sum_due (
  client_id uuid not null references client on delete cascade,
  id uuid not null,
  -- {"spans", "scores"}: when each day begins, ms.
  days jsonb not null,
  -- Also days of which retention took some: what is left is all that their sums hold then.
  despite_retention boolean not null,
  noted_at timestamptz not null,
  primary key (client_id, id)
);

alter table sum_due enable row level security;
alter table sum_due force row level security;
create policy client_wall on sum_due using (client_id = steward_client());
