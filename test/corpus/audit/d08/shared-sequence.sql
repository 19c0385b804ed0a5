-- title: one readable sequence numbers the orders of all tenants
-- kind: hole
-- expect: D08
-- object: shop.order_no
-- logins: app
create role own nologin;
create role app login;
create schema shop authorization own;
grant usage on schema shop to app;
set role own;
create sequence shop.order_no;
create table shop.orders (
  tenant_id int not null,
  no bigint not null default nextval('shop.order_no'),
  cents bigint not null,
  primary key (tenant_id, no)
);
alter table shop.orders enable row level security;
alter table shop.orders force row level security;
create policy orders_tenant on shop.orders using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert on shop.orders to app;
grant usage, select on sequence shop.order_no to app;
reset role;

-- @data
insert into shop.orders (tenant_id, cents) select 2, 1 from generate_series(1, 40);
-- @exploit
select set_config('app.tenant_id', '1', true);
select last_value from shop.order_no where last_value = 40;
