-- Clients that were deleted. What of them lies set aside on the disks of other processes goes when those look here.
create table client_gone (
  id uuid primary key,
  at timestamptz not null
);

alter table client_gone enable row level security;
alter table client_gone force row level security;
create policy practice_wall on client_gone using (steward_in_practice());
