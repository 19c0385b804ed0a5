-- title: the login is a member of the owner, and row security is not forced
-- kind: hole
-- expect: A04
-- also: A05
-- object: inv.item
-- logins: inv_app
-- proof: role=inv_app
create role inv_owner nologin;
create role inv_app login;
grant inv_owner to inv_app;
create schema inv authorization inv_owner;
set role inv_owner;
create table inv.item (
  tenant_id int not null,
  sku text not null,
  quantity int not null,
  primary key (tenant_id, sku)
);
alter table inv.item enable row level security;
create policy item_tenant on inv.item using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
reset role;

-- @data
insert into inv.item values (1, 'a', 1), (2, 'b', 2);
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from inv.item where tenant_id = 2;
