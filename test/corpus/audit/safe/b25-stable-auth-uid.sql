-- title: auth.uid() is STABLE in a Supabase-like project
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
create function auth.uid() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb ->> 'sub', '')::uuid $$;
create table public.diary (
  user_id uuid not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (user_id, id)
);
alter table public.diary enable row level security;
alter table public.diary force row level security;
create policy "own diary" on public.diary to authenticated using (user_id = (select auth.uid()));
grant select, insert, update, delete on public.diary to authenticated;
reset role;
revoke create on schema public from platform;

-- @data
insert into diary (user_id, text) values ('bbbbbbbb-0000-4000-8000-000000000022', 'secret');
-- @exploit
set role authenticated;
set plan_cache_mode = force_generic_plan;
create temp table seen (n bigint);
select set_config('request.jwt.claims', '{"sub":"bbbbbbbb-0000-4000-8000-000000000022"}', false);
prepare mine as select count(*) from diary;
execute mine;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', false);
do $$ declare n bigint; begin execute 'execute mine' into n; insert into seen values (n); end $$;
select 1 from seen where n = 1;
