-- The wall between clients. Each transaction says what it may see; one that says nothing sees nothing.
-- A setting that was local to an earlier transaction reads as '' and not as null.

-- The client of this transaction.
create function steward_client() returns uuid language sql stable
  return nullif(current_setting('steward.client', true), '')::uuid;

-- Whether this transaction is about the practice: who its clients are, and its keys. It opens no table of a client's work.
create function steward_in_practice() returns boolean language sql stable
  return coalesce(current_setting('steward.wall', true), '') = 'practice';
