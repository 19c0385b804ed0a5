-- title: lines are visible whenever their order exists, through a sub-select on an order table readable by its owner only in part
-- kind: hole
-- expect: B22
-- also: C08 C09
-- object: shop.order_line
-- logins: shop_api
-- proof: role=shop_api
create role shop_owner nologin;
create role shop_api login;
create schema shop authorization shop_owner;
grant usage on schema shop to shop_api;
set role shop_owner;
create table shop.order_status (
  org_id int not null,
  order_no int not null,
  state text not null,
  primary key (org_id, order_no)
);
create table shop.order_line (
  org_id int not null,
  order_no int not null,
  line_no int not null,
  price_cents int not null,
  primary key (org_id, order_no, line_no),
  foreign key (org_id, order_no) references shop.order_status
);
create function shop.order_is_live(org int, no int) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select exists (select from shop.order_status s where s.org_id = org and s.order_no = no and s.state <> 'void') $$;
alter table shop.order_status enable row level security;
alter table shop.order_line enable row level security;
alter table shop.order_line force row level security;
create policy status_org on shop.order_status to shop_api using (org_id = (select nullif(current_setting('shop.org', true), '')::int));
create policy line_of_live_order on shop.order_line for select to shop_api using (shop.order_is_live(org_id, order_no));
create policy line_insert on shop.order_line for insert to shop_api with check (org_id = (select nullif(current_setting('shop.org', true), '')::int));
grant select, insert, update on shop.order_status to shop_api;
grant select, insert on shop.order_line to shop_api;
reset role;

-- @data
insert into shop.order_status values (1, 1, 'new'), (2, 1, 'new');
insert into shop.order_line values (1, 1, 1, 5), (2, 1, 1, 7);
-- @exploit
select set_config('shop.org', '1', true);
select 1 from shop.order_line where org_id = 2;
