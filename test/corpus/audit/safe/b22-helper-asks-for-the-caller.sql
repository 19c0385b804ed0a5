-- title: the definer helper lists the workspaces of the caller
-- kind: safe
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
create function directory.my_workspaces() returns setof uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select m.workspace_id from directory.workspace_members m
        where m.active and m.user_id = nullif(current_setting('app.user_id', true), '')::uuid $$;
revoke execute on function directory.my_workspaces from public;
grant execute on function directory.my_workspaces to app;
set role board_owner;
create table public.boards (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (workspace_id, id)
);
alter table public.boards enable row level security;
alter table public.boards force row level security;
create policy boards_of_members on public.boards for select to app using (workspace_id in (select directory.my_workspaces()));
grant select on public.boards to app;
reset role;
revoke create on schema public from board_owner;

-- @data
insert into directory.workspace_members values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000022');
insert into boards (workspace_id, title) values ('bbbbbbbb-0000-4000-8000-000000000002', 'roadmap');
-- @exploit
select set_config('app.user_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from boards;
