-- title: tenants may reindex and lock a shared table
-- kind: hole
-- expect: A13|A12
-- object: public.orders
-- logins: app
-- postgres: 17+
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.orders (
  tenant_id int not null,
  no int not null,
  cents bigint not null,
  primary key (tenant_id, no)
);
alter table public.orders enable row level security;
alter table public.orders force row level security;
create policy orders_tenant on public.orders using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete, maintain on public.orders to app;
reset role;
revoke create on schema public from own;

-- @exploit
lock table public.orders in access exclusive mode;
select 1 from pg_locks where relation = 'public.orders'::regclass and mode = 'AccessExclusiveLock';
