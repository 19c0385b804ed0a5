-- title: membership is looked up by a definer helper with a pinned path, and only an admin of the team writes it
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role own nologin;
create schema auth authorization own;
create schema private authorization own;
grant create on schema public to own;
grant usage on schema auth, public, private to authenticated;
set role own;
create function auth.uid() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;
create table public.team_members (
  team_id uuid not null,
  user_id uuid not null,
  is_admin boolean not null default false,
  primary key (team_id, user_id)
);
create index on public.team_members (user_id);
create table public.documents (
  team_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (team_id, id)
);
create function private.my_teams(as_admin boolean default false) returns setof uuid language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select m.team_id from public.team_members m where m.user_id = auth.uid() and (m.is_admin or not as_admin) $$;
revoke execute on function private.my_teams(boolean) from public;
grant execute on function private.my_teams(boolean) to authenticated;
alter table public.team_members enable row level security;
alter table public.documents enable row level security;
alter table public.documents force row level security;
create policy "teammates" on public.team_members for select to authenticated using (team_id in (select private.my_teams()));
create policy "admins add" on public.team_members for insert to authenticated with check (team_id in (select private.my_teams(true)));
create policy "admins remove" on public.team_members for delete to authenticated using (team_id in (select private.my_teams(true)));
create policy "team documents" on public.documents to authenticated using (team_id in (select private.my_teams()));
grant select, insert, delete on public.team_members to authenticated;
grant select, insert, update, delete on public.documents to authenticated;
reset role;
revoke create on schema public from own;

-- @data
insert into team_members values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000011', true);
insert into documents (team_id, title) values ('aaaaaaaa-0000-4000-8000-000000000001', 'a'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @works
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', true);
select 1 from documents;
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', true);
insert into team_members values ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000011');
select 1 from documents where team_id = 'bbbbbbbb-0000-4000-8000-000000000002';
