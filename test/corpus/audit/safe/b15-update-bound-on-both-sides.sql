-- title: the update policy checks the old row and the new one
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role platform nologin;
create schema auth authorization platform;
grant create on schema public to platform;
grant usage on schema auth, public to anon, authenticated;
set role platform;
create function auth.tenant() returns text language sql stable set search_path = pg_catalog
  as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb -> 'app_metadata' ->> 'tenant' $$;
create table public.domains (
  tenant text not null,
  id uuid not null default gen_random_uuid(),
  verified boolean not null default false,
  primary key (tenant, id)
);
alter table public.domains enable row level security;
alter table public.domains force row level security;
create policy "read own" on public.domains for select to authenticated using (tenant = (select auth.tenant()));
create policy "add own" on public.domains for insert to authenticated with check (tenant = (select auth.tenant()));
create policy "change own" on public.domains for update to authenticated using (tenant = (select auth.tenant())) with check (tenant = (select auth.tenant()));
grant select, insert, update on public.domains to authenticated;
reset role;
revoke create on schema public from platform;

-- @data
insert into domains (tenant) values ('a'), ('b');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"app_metadata":{"tenant":"a"}}', true);
update domains set tenant = 'a';
-- @exploit role=superuser
select 1 where not exists (select from domains where tenant = 'b');
