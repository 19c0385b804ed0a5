-- title: a view was made by the administrator in a console, so it reads as superuser
-- kind: hole
-- expect: C01
-- object: public.recent_orders
-- logins: web
-- proof: role=web
create role shop_owner nologin;
create role web login;
grant create on schema public to shop_owner;
grant usage on schema public to web;
set role shop_owner;
create table public.orders (
  shop_id uuid not null,
  id uuid not null default gen_random_uuid(),
  placed_at timestamptz not null default now(),
  email text not null,
  primary key (shop_id, id)
);
alter table public.orders enable row level security;
alter table public.orders force row level security;
create policy orders_shop on public.orders using (shop_id = (select nullif(current_setting('app.shop_id', true), '')::uuid));
grant select, insert, update, delete on public.orders to web;
reset role;
revoke create on schema public from shop_owner;
create view public.recent_orders as select * from public.orders where placed_at > now() - interval '7 days';
grant select on public.recent_orders to web;

-- @data
insert into orders (shop_id, email) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b@b.example');
-- @exploit
select set_config('app.shop_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select email from recent_orders;
