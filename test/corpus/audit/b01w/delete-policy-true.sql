-- title: clean-up of expired carts was given a delete policy for everyone
-- kind: hole
-- expect: B01w|B15
-- object: shop.cart
-- logins: web
-- proof: role=web
create role shop_owner nologin;
create role web login;
create schema shop authorization shop_owner;
grant usage on schema shop to web;
set role shop_owner;
create table shop.cart (
  account_id int not null,
  cart_id bigint generated always as identity,
  expires_at timestamptz not null,
  lines jsonb not null default '[]',
  primary key (account_id, cart_id)
);
alter table shop.cart enable row level security;
alter table shop.cart force row level security;
create policy cart_rows on shop.cart for select using (account_id = (select nullif(current_setting('shop.account_id', true), '')::int));
create policy cart_add on shop.cart for insert with check (account_id = (select nullif(current_setting('shop.account_id', true), '')::int));
create policy cart_change on shop.cart for update using (account_id = (select nullif(current_setting('shop.account_id', true), '')::int));
create policy cart_clean_up on shop.cart for delete using (true);
grant select, insert, update, delete on shop.cart to web;
reset role;

-- @data
insert into shop.cart (account_id, expires_at) values (1, now()), (2, now()), (2, now());
-- @exploit
select set_config('shop.account_id', '1', true);
delete from shop.cart;
-- @exploit role=superuser
select 1 where not exists (select from shop.cart where account_id = 2);
