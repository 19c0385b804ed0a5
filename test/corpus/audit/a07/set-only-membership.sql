-- title: a membership without inheritance still allows SET ROLE
-- kind: hole
-- expect: A07
-- logins: worker
-- postgres: 16+
-- proof: role=worker
create role exporter nologin bypassrls;
create role worker login;
grant exporter to worker with inherit false, set true;
create role job_owner nologin;
create schema jobs authorization job_owner;
grant usage on schema jobs to worker, exporter;
set role job_owner;
create table jobs.job (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  payload jsonb not null default '{}',
  primary key (tenant_id, id)
);
alter table jobs.job enable row level security;
alter table jobs.job force row level security;
create policy job_tenant on jobs.job using (tenant_id = (select nullif(current_setting('jobs.tenant', true), '')::int));
grant select, insert, update, delete on jobs.job to worker;
grant select on jobs.job to exporter;
reset role;

-- @data
insert into jobs.job (tenant_id) values (2);
-- @exploit
select set_config('jobs.tenant', '1', true);
set local role exporter;
select 1 from jobs.job where tenant_id = 2;
