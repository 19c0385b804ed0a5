-- title: internal tables with tenant columns, without row security and without a grant
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create role billing_job nologin;
create schema internal authorization own;
create schema app_data authorization own;
grant usage on schema app_data to app;
grant usage on schema internal to billing_job;
set role own;
create table internal.cost_line (
  tenant_id int not null,
  day date not null,
  micros bigint not null,
  primary key (tenant_id, day)
);
create table internal.schema_migrations (version int primary key, applied_at timestamptz not null default now());
create table app_data.bill (
  tenant_id int not null,
  month date not null,
  cents bigint not null,
  primary key (tenant_id, month)
);
alter table app_data.bill enable row level security;
alter table app_data.bill force row level security;
create policy bill_tenant on app_data.bill for select to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy bill_job on app_data.bill to billing_job using (true);
grant select on app_data.bill to app;
grant select, insert, update, delete on internal.cost_line to billing_job;
reset role;

-- @data
insert into internal.cost_line values (2, now(), 1);
insert into app_data.bill values (1, now(), 1), (2, now(), 2);
-- @works
select set_config('app.tenant_id', '1', true);
select 1 from app_data.bill;
-- @exploit
select 1 from internal.cost_line;
