-- title: the sub-select asks whether the workspace has any member at all
-- kind: hole
-- expect: B22
-- also: C08 C09
-- object: public.boards
-- logins: app
create role board_owner nologin;
create role app login;
create role directory_owner nologin;
grant create on schema public to board_owner;
grant usage on schema public to app, directory_owner;
create schema directory authorization directory_owner;
grant usage on schema directory to board_owner, app;
set role directory_owner;
create table directory.workspace_members (
  workspace_id uuid not null,
  user_id uuid not null,
  active boolean not null default true,
  primary key (workspace_id, user_id)
);
create function directory.has_active_member(wanted uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select exists (select from directory.workspace_members m where m.workspace_id = wanted and m.active) $$;
revoke execute on function directory.has_active_member from public;
grant execute on function directory.has_active_member to app;
set role board_owner;
create table public.boards (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (workspace_id, id)
);
alter table public.boards enable row level security;
alter table public.boards force row level security;
create policy boards_of_members on public.boards for select to app using (directory.has_active_member(workspace_id));
grant select on public.boards to app;
reset role;
revoke create on schema public from board_owner;

-- @data
insert into directory.workspace_members values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000022');
insert into boards (workspace_id, title) values ('bbbbbbbb-0000-4000-8000-000000000002', 'roadmap');
-- @exploit
select set_config('app.user_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from boards;
