-- title: usage counters are read by a function that runs as superuser
-- kind: hole
-- expect: C08
-- object: public.usage_by_customer()
-- logins: api
-- proof: role=api
create role meter_owner nologin;
create role api login;
grant create on schema public to meter_owner;
grant usage on schema public to api;
set role meter_owner;
create table public.usage (
  customer_key text not null check (customer_key <> ''),
  day date not null,
  tokens bigint not null,
  primary key (customer_key, day)
);
alter table public.usage enable row level security;
alter table public.usage force row level security;
create policy usage_customer on public.usage using (customer_key = (select current_setting('api.customer', true)));
grant select, insert on public.usage to api;
reset role;
revoke create on schema public from meter_owner;
create function public.usage_by_customer() returns table (customer_key text, tokens numeric)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  return query select u.customer_key, sum(u.tokens) from public.usage u group by 1;
end $$;

-- @data
insert into usage values ('a', now(), 1), ('b', now(), 2);
-- @exploit
select set_config('api.customer', 'a', true);
select 1 from usage_by_customer() where customer_key = 'b';
