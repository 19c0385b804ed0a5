-- title: a copy from before a migration was left, and nobody may read it
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.customers (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  email text not null,
  phone text,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);
create table public.customers_backup_20240301 as select * from public.customers;
alter table public.customers enable row level security;
alter table public.customers force row level security;
create policy customers_tenant on public.customers using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.customers to app;
reset role;
revoke create on schema public from own;

-- @data
insert into customers_backup_20240301 values (2, gen_random_uuid(), 'b@b.example', null);
-- @exploit
select set_config('app.tenant_id', '1', true);
select email from customers_backup_20240301 where tenant_id = 2;
