-- title: coalesce falls back on an id that no tenant has
-- kind: safe
-- logins: app
create role shopkeeper nologin;
create role app login;
grant create on schema public to shopkeeper;
grant usage on schema public to app;
set role shopkeeper;
create table public.orders (
  tenant_id text not null check (tenant_id <> '(none)'),
  number int not null,
  total numeric(10, 2) not null,
  primary key (tenant_id, number)
);
create table public.order_items (
  tenant_id text not null,
  number int not null,
  line int not null,
  sku text not null,
  primary key (tenant_id, number, line),
  foreign key (tenant_id, number) references public.orders on delete cascade
);
alter table public.orders enable row level security;
alter table public.orders force row level security;
alter table public.order_items enable row level security;
alter table public.order_items force row level security;
create policy tenant on public.orders using (tenant_id = coalesce(nullif((select current_setting('app.tenant_id', true)), ''), '(none)'));
create policy tenant on public.order_items using (tenant_id = nullif((select current_setting('app.tenant_id', true)), ''));
grant select, insert, update, delete on public.orders, public.order_items to app;
reset role;
revoke create on schema public from shopkeeper;

-- @data
insert into orders values ('one', 1, 1), ('two', 1, 2);
-- @exploit
select 1 from orders where tenant_id = 'two';
