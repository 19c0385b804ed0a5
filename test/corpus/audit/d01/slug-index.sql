-- title: an invoice number is unique over all companies through an expression index
-- kind: hole
-- expect: D01
-- also: D02
-- object: fin.invoice
-- logins: fin_app
-- proof: role=fin_app
create role fin_owner nologin;
create role fin_app login;
create schema fin authorization fin_owner;
grant usage on schema fin to fin_app;
set role fin_owner;
create table fin.invoice (
  company_ref uuid not null,
  id uuid not null default gen_random_uuid(),
  number text not null,
  cents bigint not null,
  primary key (company_ref, id)
);
create unique index invoice_number on fin.invoice (upper(number)) where number <> '';
alter table fin.invoice enable row level security;
alter table fin.invoice force row level security;
create policy invoice_company on fin.invoice using (company_ref = (select nullif(current_setting('fin.company', true), '')::uuid));
grant select, insert, update, delete on fin.invoice to fin_app;
reset role;

-- @data
insert into fin.invoice (company_ref, number, cents) values ('bbbbbbbb-0000-4000-8000-000000000002', 'R-1', 1);
-- @exploit
select set_config('fin.company', 'aaaaaaaa-0000-4000-8000-000000000001', true);
create temp table said (state text);
do $$ begin
  insert into fin.invoice (company_ref, number, cents) values ('aaaaaaaa-0000-4000-8000-000000000001', 'r-1', 1);
exception when unique_violation then insert into said values (sqlstate); end $$;
select 1 from said;
