-- title: future tables are born closed
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema future authorization own;
grant usage on schema future to app;
set role own;
create table future.item (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table future.item enable row level security;
alter table future.item force row level security;
create policy item_tenant on future.item using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on future.item to app;
reset role;

-- @data
set role own;
create table future.later (tenant_id int not null, body text);
insert into future.later values (2, 'b');
reset role;
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from future.later where tenant_id = 2;
