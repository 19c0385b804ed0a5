-- title: tenants may attach triggers to a shared table
-- kind: hole
-- expect: A13
-- object: public.orders
-- logins: app
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
grant select, insert, update, delete, trigger on public.orders to app;
reset role;
revoke create on schema public from own;

-- @exploit
create function pg_temp.spy() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger spy before insert on orders for each row execute function pg_temp.spy();
select 1 from pg_trigger where tgname = 'spy';
