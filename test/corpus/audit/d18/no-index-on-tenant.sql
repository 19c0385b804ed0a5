-- title: nothing indexes the tenant column, so everybody's time grows with everybody's rows
-- kind: hole
-- expect: D18
-- object: slow.entry
-- logins: app
-- proof: role=superuser
create role own nologin;
create role app login;
create schema slow authorization own;
grant usage on schema slow to app;
set role own;
create table slow.entry (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  body text not null
);
alter table slow.entry enable row level security;
alter table slow.entry force row level security;
create policy entry_tenant on slow.entry using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on slow.entry to app;
reset role;

-- @exploit
select 1 where not exists (
  select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = 'slow.entry'::regclass and a.attname = 'tenant_id');
