-- title: the tenant is taken from the part of the token that only the server writes
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role app_owner nologin;
create schema auth authorization app_owner;
grant create on schema public to app_owner;
grant usage on schema auth, public to anon, authenticated;
set role app_owner;
create function auth.jwt() returns jsonb language sql stable set search_path = pg_catalog
  as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create table public.records (
  tenant_id text not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
alter table public.records enable row level security;
alter table public.records force row level security;
create policy "tenant of the user" on public.records to authenticated
  using (tenant_id = (select auth.jwt() -> 'app_metadata' ->> 'tenant_id'));
grant select, insert, update, delete on public.records to authenticated;
reset role;
revoke create on schema public from app_owner;

-- @data
insert into records (tenant_id, body) values ('a', 'a'), ('b', 'b');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"1","app_metadata":{"tenant_id":"a"},"user_metadata":{"tenant_id":"b"}}', true);
select 1 from records where tenant_id = 'b';
