-- title: a Postgraphile starter: app_public, app_private, visitor role, user and organization helpers
-- kind: safe
-- logins: app_authenticator
-- proof: role=app_authenticator
create role app_owner nologin;
create role app_visitor nologin;
create role app_authenticator login noinherit;
grant app_visitor to app_authenticator;
create schema app_public authorization app_owner;
create schema app_private authorization app_owner;
create schema app_hidden authorization app_owner;
grant usage on schema app_public, app_hidden to app_visitor;
set role app_owner;
create table app_private.user_secret (user_id uuid primary key, password_hash text not null);
create table app_public.organization (id uuid primary key default gen_random_uuid(), name text not null);
create table app_public.organization_membership (
  organization_id uuid not null references app_public.organization on delete cascade,
  user_id uuid not null,
  primary key (organization_id, user_id)
);
create index on app_public.organization_membership (user_id);
create table app_public.project (
  organization_id uuid not null references app_public.organization on delete cascade,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (organization_id, id)
);
create table app_public.project_file (
  organization_id uuid not null,
  project_id uuid not null,
  id uuid not null default gen_random_uuid(),
  path text not null,
  primary key (organization_id, id),
  foreign key (organization_id, project_id) references app_public.project on delete cascade
);
create index on app_public.project_file (organization_id, project_id);
create function app_public.current_user_id() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('jwt.claims.user_id', true), '')::uuid $$;
create function app_hidden.current_organizations() returns setof uuid language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select m.organization_id from app_public.organization_membership m where m.user_id = app_public.current_user_id() $$;
alter table app_private.user_secret enable row level security;
alter table app_public.organization enable row level security;
alter table app_public.organization_membership enable row level security;
alter table app_public.project enable row level security;
alter table app_public.project_file enable row level security;
create policy select_member on app_public.organization for select using (id in (select app_hidden.current_organizations()));
create policy select_member on app_public.organization_membership for select using (organization_id in (select app_hidden.current_organizations()));
create policy manage_member on app_public.project using (organization_id in (select app_hidden.current_organizations()));
create policy manage_member on app_public.project_file using (organization_id in (select app_hidden.current_organizations()));
grant select on app_public.organization, app_public.organization_membership to app_visitor;
grant select, insert, update (title), delete on app_public.project to app_visitor;
grant select, insert, delete on app_public.project_file to app_visitor;
reset role;

-- @data
insert into app_public.organization values ('aaaaaaaa-0000-4000-8000-000000000001', 'A'), ('bbbbbbbb-0000-4000-8000-000000000002', 'B');
insert into app_public.organization_membership values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000011');
insert into app_public.project (organization_id, title) select id, name from app_public.organization;
-- @works
set local role app_visitor;
select set_config('jwt.claims.user_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from app_public.project;
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.user_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from app_public.project where title = 'B';
