-- title: the administrator that bypasses row security is reached by its own login only
-- kind: safe
-- logins: app
-- roles: needed
create role app_admin nologin bypassrls;
create role app login noinherit;
create role app_rw nologin;
create role ops login;
grant app_admin to ops;
grant app_rw to app;
create role core_owner nologin;
create schema core authorization core_owner;
grant usage on schema core to app, app_admin, app_rw;
set role core_owner;
create table core.customer_order (
  tenant_id int not null,
  no int not null,
  cents bigint not null,
  primary key (tenant_id, no)
);
alter table core.customer_order enable row level security;
alter table core.customer_order force row level security;
create policy order_tenant on core.customer_order using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on core.customer_order to app, app_admin;
reset role;

-- @data
insert into core.customer_order values (1, 1, 1), (2, 1, 2);
-- @exploit
select set_config('app.tenant_id', '1', true);
set local role app_admin;
select 1 from core.customer_order where tenant_id = 2;
