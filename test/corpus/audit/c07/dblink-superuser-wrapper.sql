-- title: dblink without a password was granted to the application
-- kind: hole
-- expect: C07
-- logins: app
create extension dblink;
create role app login;
create role own nologin;
grant execute on function dblink_connect_u(text) to app;
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
select 1 where has_function_privilege('dblink_connect_u(text)', 'execute');
