-- title: the application connects as a superuser
-- kind: hole
-- expect: A06
-- object: root_app
-- logins: root_app
-- roles: needed
-- proof: role=root_app
create role root_app login superuser;
create role tables_owner nologin;
create schema t authorization tables_owner;
set role tables_owner;
create table t.asset (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table t.asset enable row level security;
alter table t.asset force row level security;
create policy asset_tenant on t.asset using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
reset role;

-- @data
insert into t.asset (tenant_id, name) values (2, 'b');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from t.asset where tenant_id = 2;
