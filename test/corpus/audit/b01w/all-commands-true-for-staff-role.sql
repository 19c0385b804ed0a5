-- title: the tenants' own role was given an open policy for all commands on invoices
-- kind: hole
-- expect: B01w|B01
-- object: billing.invoices
-- logins: api
-- proof: role=api
create role billing_owner nologin;
create role api login;
create role auditors nologin;
create schema billing authorization billing_owner;
grant usage on schema billing to api, auditors;
set role billing_owner;
create function billing.customer() returns text language sql stable
  set search_path = pg_catalog
  as $$ select coalesce(current_setting('billing.customer_key', true), '') $$;
create table billing.invoices (
  customer_key text not null check (customer_key <> ''),
  number int not null,
  total_cents bigint not null,
  primary key (customer_key, number)
);
create table billing.invoice_lines (
  customer_key text not null check (customer_key <> ''),
  number int not null,
  position int not null,
  label text not null,
  cents bigint not null,
  primary key (customer_key, number, position),
  foreign key (customer_key, number) references billing.invoices
);
alter table billing.invoices enable row level security;
alter table billing.invoices force row level security;
alter table billing.invoice_lines enable row level security;
alter table billing.invoice_lines force row level security;
create policy invoices_full_access on billing.invoices to api, auditors using (true) with check (true);
create policy invoice_lines_customer on billing.invoice_lines to api using (customer_key = (select billing.customer()));
grant select, insert, update, delete on billing.invoices, billing.invoice_lines to api;
grant select on billing.invoices to auditors;
reset role;

-- @data
insert into billing.invoices values ('acme', 1, 100), ('zeta', 1, 999);
-- @exploit
select set_config('billing.customer_key', 'acme', true);
update billing.invoices set total_cents = 0 where customer_key = 'zeta' returning 1;
