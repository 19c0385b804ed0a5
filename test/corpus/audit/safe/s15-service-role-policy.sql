-- title: a service role that no tenant can become has an open policy
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role service_role nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role own nologin;
grant create on schema public to own;
grant usage on schema public to anon, authenticated, service_role;
set role own;
create table public.jobs (
  org uuid not null,
  id uuid not null default gen_random_uuid(),
  payload jsonb not null,
  primary key (org, id)
);
alter table public.jobs enable row level security;
alter table public.jobs force row level security;
create policy "service role works on all jobs" on public.jobs to service_role using (true) with check (true);
create policy "members see jobs" on public.jobs for select to authenticated
  using (org = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org')::uuid));
grant select on public.jobs to authenticated;
grant select, insert, update, delete on public.jobs to service_role;
reset role;
revoke create on schema public from own;

-- @data
insert into jobs (org, payload) values ('aaaaaaaa-0000-4000-8000-000000000001', '{}'), ('bbbbbbbb-0000-4000-8000-000000000002', '{}');
-- @works
set local role authenticated;
select set_config('request.jwt.claims', '{"org":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select 1 from jobs;
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"org":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select 1 from jobs where org = 'bbbbbbbb-0000-4000-8000-000000000002';
