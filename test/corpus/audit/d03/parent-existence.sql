-- title: a child row tells by its foreign key whether another tenant's number exists
-- kind: hole
-- expect: D03|D04|D06
-- also: D01 D03 D04 D05 D06
-- object: public.payments
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.invoices (
  id bigint generated always as identity primary key,
  tenant_id int not null,
  cents bigint not null
);
create index on public.invoices (tenant_id);
create table public.payments (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  invoice_id bigint not null references public.invoices,
  cents bigint not null,
  primary key (tenant_id, id)
);
create index on public.payments (invoice_id);
alter table public.invoices enable row level security;
alter table public.invoices force row level security;
alter table public.payments enable row level security;
alter table public.payments force row level security;
create policy tenant on public.invoices using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy tenant on public.payments using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.invoices, public.payments to app;
reset role;
revoke create on schema public from own;

-- @data
insert into invoices (tenant_id, cents) values (2, 100);
-- @exploit
select set_config('app.tenant_id', '1', true);
insert into payments (tenant_id, invoice_id, cents) values (1, 1, 5) returning 1;
