-- When each job last ran: what is due is read from here, so that a restart neither repeats nor forgets one.
create table job_run (
  job text primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  error text,
  check (finished_at >= started_at)
);
