-- What an erasure found and left, table by table: [{"table", "before", "after"}].
alter table erasure add column tables jsonb not null default '[]';
