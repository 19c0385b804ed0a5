-- title: deleting a category clears it from products of other shops
-- kind: hole
-- expect: D05
-- also: D01 D03 D04 D06
-- object: public.products
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.categories (
  id int generated always as identity primary key,
  shop text not null check (shop <> ''),
  name text not null,
  unique (shop, name)
);
create table public.products (
  shop text not null check (shop <> ''),
  sku text not null,
  category_id int references public.categories on delete set null,
  primary key (shop, sku)
);
create index on public.products (category_id);
alter table public.categories enable row level security;
alter table public.categories force row level security;
alter table public.products enable row level security;
alter table public.products force row level security;
create policy shop on public.categories using (shop = (select current_setting('app.shop', true)));
create policy shop on public.products using (shop = (select current_setting('app.shop', true)));
grant select, insert, update, delete on public.categories, public.products to app;
reset role;
revoke create on schema public from own;

-- @data
insert into categories (shop, name) values ('b', 'shoes');
insert into products values ('a', 'x', 1);
-- @exploit
select set_config('app.shop', 'b', true);
delete from categories;
-- @exploit role=superuser
select 1 from products where category_id is null;
