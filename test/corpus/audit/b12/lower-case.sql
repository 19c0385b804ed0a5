-- title: tenant keys are compared without regard to case although keys differ by case
-- kind: hole
-- expect: B12
-- object: public.api_keys
-- logins: gateway
-- proof: role=gateway
create role gw_owner nologin;
create role gateway login;
grant create on schema public to gw_owner;
grant usage on schema public to gateway;
set role gw_owner;
create table public.api_keys (
  customer_key text not null check (customer_key <> ''),
  key_id uuid not null default gen_random_uuid(),
  hash bytea not null,
  primary key (customer_key, key_id)
);
create index on public.api_keys (lower(customer_key));
alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
create policy keys_of_customer on public.api_keys
  using (lower(customer_key) = (select lower(current_setting('gw.customer', true))));
grant select, insert, update, delete on public.api_keys to gateway;
reset role;
revoke create on schema public from gw_owner;

-- @data
insert into api_keys (customer_key, hash) values ('Acme', 'x'), ('ACME', 'y');
-- @exploit
select set_config('gw.customer', 'Acme', true);
select 1 from api_keys where customer_key = 'ACME';
