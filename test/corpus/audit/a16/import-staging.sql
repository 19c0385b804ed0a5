-- title: an unlogged staging table with the columns of a protected one is open to the application
-- kind: hole
-- expect: A16|A01
-- object: etl.stg_invoice
-- logins: etl
-- proof: role=etl
create role etl_owner nologin;
create role etl login;
create schema etl authorization etl_owner;
grant usage on schema etl to etl;
set role etl_owner;
create table etl.invoice (
  customer_key uuid not null,
  number text not null,
  issued_on date not null,
  cents bigint not null,
  primary key (customer_key, number)
);
create unlogged table etl.stg_invoice (like etl.invoice including defaults);
create index on etl.stg_invoice (customer_key);
alter table etl.invoice enable row level security;
alter table etl.invoice force row level security;
create policy invoice_customer on etl.invoice using (customer_key = (select nullif(current_setting('etl.customer', true), '')::uuid));
grant select, insert, update, delete on etl.invoice, etl.stg_invoice to etl;
reset role;

-- @data
insert into etl.stg_invoice values ('bbbbbbbb-0000-4000-8000-000000000002', 'R1', now(), 1);
-- @exploit
select set_config('etl.customer', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select cents from etl.stg_invoice;
