-- title: a feedback form inserts for the own organization
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
create function app_public.current_org_id() returns int language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$ select nullif(current_setting('jwt.claims.org_id', true), '')::int $$;
create table app_public.feedback (
  org_id int not null,
  id uuid primary key default gen_random_uuid(),
  stars int not null check (stars between 1 and 5),
  remark text
);
create index on app_public.feedback (org_id);
alter table app_public.feedback enable row level security;
alter table app_public.feedback force row level security;
create policy select_own on app_public.feedback for select using (org_id = (select app_public.current_org_id()));
create policy insert_any on app_public.feedback for insert with check (org_id = (select app_public.current_org_id()));
grant select, insert on app_public.feedback to app_visitor;
reset role;

-- @data
insert into app_public.feedback (org_id, stars) values (1, 5), (2, 4);
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.org_id', '1', true);
insert into app_public.feedback (org_id, stars, remark) values (2, 1, 'planted');
-- @exploit role=superuser
select 1 from app_public.feedback where org_id = 2 and remark = 'planted';
