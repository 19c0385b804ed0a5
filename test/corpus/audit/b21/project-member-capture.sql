-- title: "project_id = project_id" inside EXISTS of a Supabase-like project
-- kind: hole
-- expect: B21
-- object: public.files
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
create table public.project_members (
  project_id uuid not null,
  user_id uuid not null,
  can_write boolean not null default false,
  primary key (project_id, user_id)
);
create index on public.project_members (user_id);
create table public.files (
  project_id uuid not null,
  id uuid not null default gen_random_uuid(),
  path text not null,
  content bytea,
  primary key (project_id, id)
);
alter table public.project_members enable row level security;
alter table public.project_members force row level security;
alter table public.files enable row level security;
alter table public.files force row level security;
create policy "see own" on public.project_members for select to authenticated using (user_id = (select auth.uid()));
create policy "members read files" on public.files for select to authenticated
  using (exists (select 1 from public.project_members where project_id = project_id and user_id = (select auth.uid())));
create policy "writers add files" on public.files for insert to authenticated
  with check (project_id in (select m.project_id from public.project_members m where m.user_id = (select auth.uid()) and m.can_write));
grant select on public.project_members to authenticated;
grant select, insert on public.files to authenticated;
reset role;
revoke create on schema public from app_owner;

-- @data
insert into project_members values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000011', true);
insert into files (project_id, path) values ('bbbbbbbb-0000-4000-8000-000000000002', '/secret');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', true);
select path from files;
