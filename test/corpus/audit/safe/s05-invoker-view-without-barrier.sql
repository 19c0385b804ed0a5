-- title: invoker views, with a type and a computed column, in a PostgREST schema
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role web_anon nologin;
create role web_user nologin;
create role authenticator login noinherit;
grant web_anon, web_user to authenticator;
create role own nologin;
create schema store authorization own;
create schema api authorization own;
grant usage on schema api, store to web_user;
grant usage on schema api to web_anon;
set role own;
create type store.money as (cents bigint, currency char(3));
create table store.price (
  shop int not null,
  sku text not null,
  price store.money not null,
  primary key (shop, sku)
);
alter table store.price enable row level security;
alter table store.price force row level security;
create policy price_shop on store.price to web_user
  using (shop = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'shop')::int));
create view api.price with (security_invoker = true) as select shop, sku, (price).cents as cents from store.price;
grant select, insert, update, delete on store.price to web_user;
grant select on api.price to web_user;
reset role;

-- @data
insert into store.price values (1, 'x', row(1, 'EUR')), (2, 'x', row(2, 'EUR'));
-- @works
set local role web_user;
select set_config('request.jwt.claims', '{"shop":1}', true);
select 1 from api.price;
-- @exploit
set local role web_user;
select set_config('request.jwt.claims', '{"shop":1}', true);
select 1 from api.price where shop = 2;
