-- title: views for the public API belong to a role that bypasses row security
-- kind: hole
-- expect: C01
-- object: api.profile
-- logins: authenticator
-- proof: role=authenticator
create role service_role nologin bypassrls;
create role web_anon nologin;
create role web_user nologin;
create role authenticator login noinherit;
grant web_anon, web_user to authenticator;
create role data_owner nologin;
create schema data authorization data_owner;
create schema api authorization service_role;
grant usage on schema api to web_user, web_anon;
grant usage on schema data to service_role;
set role data_owner;
create table data.profile (
  org_id uuid not null,
  user_id uuid not null,
  full_name text not null,
  phone text,
  primary key (org_id, user_id)
);
alter table data.profile enable row level security;
alter table data.profile force row level security;
create policy profile_org on data.profile
  using (org_id = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org_id')::uuid));
grant select on data.profile to service_role;
set role service_role;
create view api.profile as select org_id, user_id, full_name, phone from data.profile;
grant select on api.profile to web_user;
reset role;

-- @data
insert into data.profile values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000022', 'Bo', '1');
-- @exploit
set local role web_user;
select set_config('request.jwt.claims', '{"org_id":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select phone from api.profile;
