-- How people sign in. Kept for the sign-in library, under the practice's wall alone: no client's work ever reads them.

create table session (
  id uuid primary key,
  person_id uuid not null references person on delete cascade,
  -- Worth nothing by itself: the cookie also bears its signature, by a secret that is not in this database.
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index session_person on session (person_id);

-- However much it is used, it ends a week after it began.
create function session_goes_on() returns trigger language plpgsql as $$
begin
  new.expires_at := least(new.expires_at, old.created_at + interval '7 days');
  return new;
end $$;
create trigger session_goes_on before update of expires_at on session for each row execute function session_goes_on();

-- A way in of a person: a password, or an identity at a provider of single sign-on.
create table sign_in (
  id uuid primary key,
  person_id uuid not null references person on delete cascade,
  provider_id text not null,
  account_id text not null,
  -- scrypt.
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id),
  unique (provider_id, person_id)
);

-- What a sign-in that is under way must come back with.
create table verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verification_identifier on verification (identifier);
create index verification_expires_at on verification (expires_at);

-- One-time codes. Secret and recovery codes are encrypted.
create table second_factor (
  id uuid primary key,
  person_id uuid not null unique references person on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean,
  failed_verification_count integer,
  locked_until timestamptz,
  -- Of the last code that was used, in half minutes since 1970: neither it nor one before it opens anything again.
  last_step bigint
);

-- The provider of single sign-on. Its secret is encrypted.
create table sso_provider (
  is_only boolean primary key default true check (is_only),
  name text not null,
  issuer text not null,
  oauth_client text not null,
  secret text not null,
  created_at timestamptz not null
);
alter table sso_provider enable row level security;
alter table sso_provider force row level security;
create policy practice_wall on sso_provider using (steward_in_practice());

-- The link by which an owner sets up their account. At most one is open, and it is deleted by who uses it.
create table owner_link (
  hash bytea primary key check (length(hash) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- What someone may become when they open the link they were handed. Deleted by who uses it.
create table invitation (
  id uuid primary key,
  hash bytea not null unique check (length(hash) = 32),
  -- Nothing: into the practice.
  client_id uuid references client on delete cascade,
  email text not null check (email = lower(email)),
  role text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check (case when client_id is null then role in ('owner', 'operator')
    else role in ('operator', 'sponsor', 'member', 'reviewer') end)
);
create unique index invitation_email on invitation (client_id, email) nulls not distinct;

alter table session enable row level security;
alter table session force row level security;
create policy practice_wall on session using (steward_in_practice());

alter table sign_in enable row level security;
alter table sign_in force row level security;
create policy practice_wall on sign_in using (steward_in_practice());

alter table verification enable row level security;
alter table verification force row level security;
create policy practice_wall on verification using (steward_in_practice());

alter table second_factor enable row level security;
alter table second_factor force row level security;
create policy practice_wall on second_factor using (steward_in_practice());

alter table owner_link enable row level security;
alter table owner_link force row level security;
create policy practice_wall on owner_link using (steward_in_practice());

alter table invitation enable row level security;
alter table invitation force row level security;
create policy client_wall on invitation using (client_id = steward_client());
create policy practice_wall on invitation using (steward_in_practice());

-- Whoever becomes something else, leaves, or changes how they sign in, signs in again. Here, as a role is decided behind a client's wall, which shows no
-- sessions: the wall is the practice's for this one statement.
create function end_sessions(of uuid) returns void language plpgsql as $$
declare
  wall text := current_setting('steward.wall', true);
begin
  perform set_config('steward.wall', 'practice', true);
  delete from session where person_id = of;
  perform set_config('steward.wall', coalesce(wall, ''), true);
end $$;

create function membership_changed() returns trigger language plpgsql as $$
begin
  perform end_sessions(old.person_id);
  return null;
end $$;
create trigger membership_changed after update or delete on membership
  for each row execute function membership_changed();

create function person_changed() returns trigger language plpgsql as $$
begin
  perform end_sessions(old.id);
  return null;
end $$;
create trigger person_changed after update of practice_role, two_factor_enabled on person for each row
  when (old.practice_role is distinct from new.practice_role or old.two_factor_enabled <> new.two_factor_enabled)
  execute function person_changed();

create function password_changed() returns trigger language plpgsql as $$
begin
  perform end_sessions(old.person_id);
  return null;
end $$;
create trigger password_changed after update of password on sign_in for each row
  when (old.password is distinct from new.password) execute function password_changed();
