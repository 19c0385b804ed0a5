-- title: countries, currencies and plan names are for everybody to read
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.countries (code char(2) primary key, name text not null unique);
create table public.currencies (code char(3) primary key, minor_units int not null);
create table public.tax_rates (
  country char(2) not null references public.countries,
  valid_from date not null,
  percent numeric(5, 2) not null,
  primary key (country, valid_from)
);
create table public.addresses (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  country char(2) not null references public.countries,
  line text not null,
  primary key (tenant_id, id)
);
alter table public.addresses enable row level security;
alter table public.addresses force row level security;
create policy addresses_tenant on public.addresses using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select on public.countries, public.currencies, public.tax_rates to app;
grant select, insert, update, delete on public.addresses to app;
reset role;
revoke create on schema public from own;

-- @data
insert into countries values ('DE', 'Germany');
insert into addresses (tenant_id, country, line) values ('bbbbbbbb-0000-4000-8000-000000000002', 'DE', 'x');
-- @works
select 1 from countries;
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from addresses;
