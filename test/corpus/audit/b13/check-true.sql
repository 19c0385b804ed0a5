-- title: reads are scoped but rows may be written to any tenant
-- kind: hole
-- expect: B13
-- object: crm.contact
-- logins: app
create role crm_owner nologin;
create role app login;
create schema crm authorization crm_owner;
grant usage on schema crm to app;
set role crm_owner;
create table crm.contact (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table crm.contact enable row level security;
alter table crm.contact force row level security;
create policy contact_tenant on crm.contact
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int))
  with check (true);
grant select, insert, update, delete on crm.contact to app;
reset role;

-- @data
insert into crm.contact (tenant_id, name) values (1, 'a'), (2, 'b');
-- @exploit
select set_config('app.tenant_id', '1', true);
insert into crm.contact (tenant_id, name) values (2, 'planted');
-- @exploit role=superuser
select 1 from crm.contact where tenant_id = 2 and name = 'planted';
