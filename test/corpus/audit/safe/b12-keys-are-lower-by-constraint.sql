-- title: tenant keys are compared as they are, and a constraint keeps them in lower case
-- kind: safe
-- logins: gateway
-- proof: role=gateway
create role gw_owner nologin;
create role gateway login;
grant create on schema public to gw_owner;
grant usage on schema public to gateway;
set role gw_owner;
create table public.api_keys (
  customer_key text not null check (customer_key <> '' and customer_key = lower(customer_key)),
  key_id uuid not null default gen_random_uuid(),
  hash bytea not null,
  primary key (customer_key, key_id)
);
alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
create policy keys_of_customer on public.api_keys
  using (customer_key = (select current_setting('gw.customer', true)));
grant select, insert, update, delete on public.api_keys to gateway;
reset role;
revoke create on schema public from gw_owner;

-- @data
insert into api_keys (customer_key, hash) values ('acme', 'x'), ('acme ', 'y');
-- @exploit
select set_config('gw.customer', 'acme', true);
select 1 from api_keys where customer_key <> 'acme';
