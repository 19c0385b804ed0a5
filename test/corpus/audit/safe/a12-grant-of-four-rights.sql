-- title: a tenant has four rights and no more
-- kind: safe
-- logins: shop
-- proof: role=shop
create role shop_owner nologin;
create role shop login;
grant create on schema public to shop_owner;
grant usage on schema public to shop;
set role shop_owner;
create table public.carts (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  lines jsonb not null default '[]',
  primary key (tenant_id, id)
);
alter table public.carts enable row level security;
alter table public.carts force row level security;
create policy carts_tenant on public.carts using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.carts to shop;
reset role;
revoke create on schema public from shop_owner;

-- @data
insert into carts (tenant_id) values (1), (2);
-- @exploit
select set_config('app.tenant_id', '1', true);
truncate carts;
-- @exploit role=superuser
select 1 where not exists (select from carts where tenant_id = 2);
