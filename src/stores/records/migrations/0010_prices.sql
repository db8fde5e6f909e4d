-- What a client pays for a model, where that is not the public price. In dollars, per million tokens; nothing: no price of its own.
create table model_price (
  client_id uuid not null references client on delete cascade,
  id uuid not null,
  -- A name, or the beginning of names and a '*'.
  model text not null check (length(model) between 1 and 200),
  provider text,
  input_usd double precision check (input_usd >= 0),
  cached_input_usd double precision check (cached_input_usd >= 0),
  cache_write_usd double precision check (cache_write_usd >= 0),
  output_usd double precision check (output_usd >= 0),
  reasoning_usd double precision check (reasoning_usd >= 0),
  request_usd double precision check (request_usd >= 0),
  valid_from timestamptz not null,
  created_at timestamptz not null,
  -- It stays: spans that it priced bear its id.
  removed_at timestamptz,
  primary key (client_id, id)
);
-- One price for the same calls from the same moment on.
create unique index model_price_of on model_price (client_id, lower(model), coalesce(lower(provider), ''), valid_from)
  where removed_at is null;

alter table model_price enable row level security;
alter table model_price force row level security;
create policy client_wall on model_price using (client_id = steward_client());
