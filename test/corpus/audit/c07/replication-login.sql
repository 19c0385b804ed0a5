-- title: the application's login may stream the whole server
-- kind: hole
-- expect: C07
-- logins: app
create role app login replication;
create role own nologin;
create schema s authorization own;
grant usage on schema s to app;
set role own;
create table s.thing (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text,
  primary key (tenant_id, id)
);
alter table s.thing enable row level security;
alter table s.thing force row level security;
create policy thing_tenant on s.thing using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on s.thing to app;
reset role;

-- @exploit
select 1 from pg_roles where rolname = current_user and rolreplication;
