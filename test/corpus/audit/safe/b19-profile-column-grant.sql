-- title: a user may edit only the display name of the own profile
-- kind: safe
-- logins: app_authenticator
-- proof: role=app_authenticator
create role app_owner nologin;
create role app_user nologin;
create role app_authenticator login noinherit;
grant app_user to app_authenticator;
create schema app_public authorization app_owner;
grant usage on schema app_public to app_user;
set role app_owner;
create function app_public.me() returns int language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('jwt.claims.user_id', true), '')::int $$;
create table app_public.user_profile (
  user_id int primary key,
  company_id int not null,
  display_name text not null
);
create table app_public.deal (
  company_id int not null,
  id uuid not null default gen_random_uuid(),
  value_cents bigint not null,
  primary key (company_id, id)
);
alter table app_public.user_profile enable row level security;
alter table app_public.user_profile force row level security;
alter table app_public.deal enable row level security;
alter table app_public.deal force row level security;
create policy own_profile_select on app_public.user_profile for select using (user_id = (select app_public.me()));
create policy own_profile_update on app_public.user_profile for update using (user_id = (select app_public.me()));
create policy company_deals on app_public.deal
  using (company_id = (select p.company_id from app_public.user_profile p where p.user_id = (select app_public.me())));
grant select, update (display_name) on app_public.user_profile to app_user;
grant select, insert, update, delete on app_public.deal to app_user;
reset role;

-- @data
insert into app_public.user_profile values (11, 1, 'Ann'), (22, 2, 'Bo');
insert into app_public.deal (company_id, value_cents) values (1, 5), (2, 9);
-- @exploit
set local role app_user;
select set_config('jwt.claims.user_id', '11', true);
update app_public.user_profile set company_id = 2 where user_id = 11;
select 1 from app_public.deal where company_id = 2;
