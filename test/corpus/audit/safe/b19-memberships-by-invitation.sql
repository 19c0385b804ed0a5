-- title: memberships are read by their user and written by nobody but the owner's jobs
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
create function auth.uid() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;
create table public.memberships (
  team_id uuid not null,
  user_id uuid not null,
  primary key (team_id, user_id)
);
create index on public.memberships (user_id);
create table public.documents (
  team_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (team_id, id)
);
alter table public.memberships enable row level security;
alter table public.memberships force row level security;
alter table public.documents enable row level security;
alter table public.documents force row level security;
create policy "own memberships" on public.memberships for select to authenticated using (user_id = (select auth.uid()));
create policy "leave" on public.memberships for delete to authenticated using (user_id = (select auth.uid()));
create policy "team documents" on public.documents to authenticated
  using (team_id in (select team_id from public.memberships where user_id = (select auth.uid())));
grant select, delete on public.memberships to authenticated;
grant select, insert, update, delete on public.documents to authenticated;
reset role;
revoke create on schema public from app_owner;

-- @data
insert into documents (team_id, title) values ('bbbbbbbb-0000-4000-8000-000000000002', 'plan');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', true);
insert into memberships values ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000011');
select 1 from documents where team_id = 'bbbbbbbb-0000-4000-8000-000000000002';
