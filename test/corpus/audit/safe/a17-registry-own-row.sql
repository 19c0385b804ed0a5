-- title: every tenant sees its own row of the registry
-- kind: safe
-- logins: app
create role core_owner nologin;
create role app login;
create schema core authorization core_owner;
grant usage on schema core to app;
set role core_owner;
create table core.tenant (
  id int primary key,
  name text not null,
  plan text not null,
  seats int not null
);
create table core.project (
  tenant_id int not null references core.tenant,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table core.project enable row level security;
alter table core.project force row level security;
create policy project_tenant on core.project using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
alter table core.tenant enable row level security;
alter table core.tenant force row level security;
create policy own_row on core.tenant for select using (id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select on core.tenant to app;
grant select, insert, update, delete on core.project to app;
reset role;

-- @data
insert into core.tenant values (1, 'A', 'free', 1), (2, 'B', 'gold', 99);
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from core.tenant where id = 2;
