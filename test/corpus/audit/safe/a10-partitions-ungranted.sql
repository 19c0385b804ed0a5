-- title: row security on the parent, partitions without a right for anyone
-- kind: safe
-- logins: app
create role log_owner nologin;
create role app login;
create schema log authorization log_owner;
grant usage on schema log to app;
set role log_owner;
create table log.request (
  tenant_id int not null,
  at timestamptz not null,
  id uuid not null default gen_random_uuid(),
  path text not null,
  primary key (tenant_id, at, id)
) partition by range (at);
create table log.request_2024 partition of log.request for values from ('2024-01-01') to ('2025-01-01');
create table log.request_2025 partition of log.request for values from ('2025-01-01') to ('2026-01-01');
alter table log.request enable row level security;
alter table log.request force row level security;
create policy request_tenant on log.request using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert on log.request to app;
reset role;

-- @data
insert into log.request (tenant_id, at, path) values (1, '2024-05-05', '/a'), (2, '2024-05-05', '/b');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from log.request_2024 where tenant_id = 2;
