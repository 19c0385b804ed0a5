-- title: the application may read the statements of all sessions of its shared login
-- kind: hole
-- expect: D15
-- logins: app
create role own nologin;
create role app login;
grant pg_read_all_stats to app;
create schema ss authorization own;
grant usage on schema ss to app;
set role own;
create table ss.item (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table ss.item enable row level security;
alter table ss.item force row level security;
create policy item_tenant on ss.item using (tenant_id = (select nullif(current_setting('ss.tenant', true), '')::int));
grant select, insert on ss.item to app;
reset role;

-- @exploit
select 1 from pg_stat_activity where usename <> current_user and query is not null and query not like '<insufficient%';
