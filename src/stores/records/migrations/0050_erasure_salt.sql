-- Random, of each erasure: before the name when it is hashed, so that no list of hashes of names, made once, tells who was erased.
-- Whoever has this table can still try a name they guess. Empty: hashed before there were salts.
alter table erasure add column user_salt text not null default '';
