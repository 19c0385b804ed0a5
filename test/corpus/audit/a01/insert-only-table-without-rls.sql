-- title: usage events of all customers may be changed, because the table has no row security
-- kind: hole
-- expect: A01
-- also: D03 D04 D06
-- object: public.usage_events
-- logins: api
-- proof: role=api
create role usage_owner nologin;
create role api login;
grant create on schema public to usage_owner;
grant usage on schema public to api;
set role usage_owner;
create table public.customers (
  id text primary key,
  plan text not null
);
create table public.usage_events (
  customer_key text not null references public.customers,
  id uuid not null default gen_random_uuid(),
  tokens int not null,
  primary key (customer_key, id)
);
alter table public.customers enable row level security;
alter table public.customers force row level security;
create policy own on public.customers for select using (id = (select current_setting('api.customer', true)));
grant select on public.customers to api;
grant insert, update on public.usage_events to api;
reset role;
revoke create on schema public from usage_owner;

-- @data
insert into customers values ('a', 'free'), ('b', 'free');
insert into usage_events (customer_key, tokens) values ('b', 10);
-- @exploit
update usage_events set tokens = 0;
-- @exploit role=superuser
select 1 from usage_events where customer_key = 'b' and tokens = 0;
