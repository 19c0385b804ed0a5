-- title: a view hides a call of a definer function that reads all tenants
-- kind: hole
-- expect: C16|C08|C01
-- logins: app
create role vf_owner nologin;
create role app login;
create schema vf authorization vf_owner;
grant usage on schema vf to app;
set role vf_owner;
create table vf.alert (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (org_id, id)
);
alter table vf.alert enable row level security;
create policy alert_org on vf.alert using (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid));
create function vf.all_alerts() returns setof vf.alert language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select * from vf.alert $$;
create view vf.current_alerts with (security_invoker = true) as select * from vf.all_alerts();
grant select on vf.alert, vf.current_alerts to app;
reset role;

-- @data
insert into vf.alert (org_id, text) values ('bbbbbbbb-0000-4000-8000-000000000002', 'disk full');
-- @exploit
select set_config('app.org_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select text from vf.current_alerts;
