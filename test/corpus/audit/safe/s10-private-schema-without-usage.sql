-- title: a table was granted by mistake, but its schema cannot be entered
-- kind: safe
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
create table app_private.session (
  uuid uuid primary key default gen_random_uuid(),
  user_id int not null,
  org_id int not null
);
create index on app_private.session (org_id);
create table app_public.message (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (org_id, id)
);
alter table app_public.message enable row level security;
create function app_public.current_org() returns int language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select s.org_id from app_private.session s where s.uuid = nullif(current_setting('jwt.claims.session_id', true), '')::uuid $$;
create policy message_org on app_public.message to app_visitor using (org_id = (select app_public.current_org()));
grant select, insert, update, delete on app_public.message to app_visitor;
grant select on app_private.session to app_visitor;
reset role;

-- @data
insert into app_private.session values ('aaaaaaaa-0000-4000-8000-000000000011', 11, 1), ('bbbbbbbb-0000-4000-8000-000000000022', 22, 2);
insert into app_public.message (org_id, body) values (1, 'a'), (2, 'b');
-- @works
set local role app_visitor;
select set_config('jwt.claims.session_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from app_public.message where org_id = 1;
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.session_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from app_public.message where org_id = 2;
