-- title: jobs lock by a number in a key space that all tenants share
-- kind: hole
-- expect: D14
-- logins: app
create role own nologin;
create role app login;
create schema l authorization own;
grant usage on schema l to app;
set role own;
create table l.job (
  tenant_id int not null,
  no int not null,
  state text not null default 'new',
  primary key (tenant_id, no)
);
alter table l.job enable row level security;
alter table l.job force row level security;
create policy job_tenant on l.job using (tenant_id = (select nullif(current_setting('l.tenant', true), '')::int));
create function l.take(job int) returns boolean language sql set search_path = pg_catalog, pg_temp
  as $$ select pg_try_advisory_lock(job) $$;
grant select, insert, update on l.job to app;
reset role;

-- @exploit
select set_config('l.tenant', '1', true);
select l.take(1);
select 1 from pg_locks where locktype = 'advisory' and objid = 1;
