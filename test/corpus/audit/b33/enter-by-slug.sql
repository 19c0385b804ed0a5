-- title: a public definer function turns any slug into a session of that tenant
-- kind: hole
-- expect: B33|C10
-- also: C08 C09
-- object: app_public.enter_workspace(text)
-- logins: app_authenticator
-- proof: role=app_authenticator
create role app_owner nologin;
create role app_visitor nologin;
create role app_authenticator login noinherit;
grant app_visitor to app_authenticator;
create schema app_public authorization app_owner;
create schema app_private authorization app_owner;
grant usage on schema app_public to app_visitor;
set role app_owner;
create table app_private.workspace (id uuid primary key default gen_random_uuid(), slug text not null unique);
create table app_private.session (id uuid primary key default gen_random_uuid(), workspace_id uuid not null);
create function app_public.workspace() returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select s.workspace_id from app_private.session s where s.id = nullif(current_setting('jwt.claims.session_id', true), '')::uuid $$;
create function app_public.enter_workspace(slug text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  made uuid;
begin
  insert into app_private.session (workspace_id) select w.id from app_private.workspace w where w.slug = enter_workspace.slug returning id into made;
  perform set_config('jwt.claims.session_id', made::text, true);
end $$;
create table app_public.page (
  workspace_id uuid not null,
  path text not null,
  body text not null,
  primary key (workspace_id, path)
);
alter table app_public.page enable row level security;
alter table app_public.page force row level security;
create policy page_workspace on app_public.page to app_visitor using (workspace_id = (select app_public.workspace()));
grant select, insert, update, delete on app_public.page to app_visitor;
reset role;

-- @data
insert into app_private.workspace values ('bbbbbbbb-0000-4000-8000-000000000002', 'birch');
insert into app_public.page values ('bbbbbbbb-0000-4000-8000-000000000002', '/', 'secret');
-- @exploit
set local role app_visitor;
select app_public.enter_workspace('birch');
select body from app_public.page;
