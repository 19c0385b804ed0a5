-- title: a plpgsql context helper is STABLE and wrapped
-- kind: safe
-- logins: api_user
-- proof: role=api_user
create role sec_owner nologin;
create role api_user login;
create schema sec authorization sec_owner;
create schema data authorization sec_owner;
grant usage on schema sec, data to api_user;
set role sec_owner;
create function sec.current_org() returns uuid language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(nullif(current_setting('sec.org', true), ''), '00000000-0000-0000-0000-000000000000')::uuid;
end $$;
create table data.metric (
  org uuid not null,
  at timestamptz not null,
  name text not null,
  value double precision not null,
  primary key (org, name, at)
);
alter table data.metric enable row level security;
alter table data.metric force row level security;
create policy metric_org on data.metric using (org = (select sec.current_org()));
grant select, insert, update, delete on data.metric to api_user;
reset role;

-- @data
insert into data.metric values ('aaaaaaaa-0000-4000-8000-000000000001', now(), 'cpu', 1), ('bbbbbbbb-0000-4000-8000-000000000002', now(), 'cpu', 2);
-- @exploit
set plan_cache_mode = force_generic_plan;
create temp table seen (org uuid);
select set_config('sec.org', 'bbbbbbbb-0000-4000-8000-000000000002', false);
prepare m as select org from data.metric;
execute m;
select set_config('sec.org', 'aaaaaaaa-0000-4000-8000-000000000001', false);
do $$ declare n uuid; begin execute 'execute m' into n; insert into seen values (n); end $$;
select 1 from seen where org = 'bbbbbbbb-0000-4000-8000-000000000002';
