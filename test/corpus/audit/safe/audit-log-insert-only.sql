-- title: an audit log without row security takes inserts and shows nothing
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema log authorization own;
grant usage on schema log to app;
set role own;
create table log.audit (
  id uuid primary key default gen_random_uuid(),
  tenant_id int not null,
  at timestamptz not null default now(),
  what text not null
);
create index on log.audit (tenant_id);
create table log.item (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table log.item enable row level security;
alter table log.item force row level security;
create policy item_tenant on log.item using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant insert on log.audit to app;
grant select, insert, update, delete on log.item to app;
reset role;

-- @data
insert into log.audit (tenant_id, what) values (2, 'secret');
-- @works
insert into log.audit (tenant_id, what) values (1, 'login');
select 1;
-- @exploit
select 1 from log.audit;
