-- title: a settable flag switches the policy off for the back office
-- kind: hole
-- expect: B07
-- object: public.accounts
-- logins: app
create role saas_owner nologin;
create role app login;
grant create on schema public to saas_owner;
grant usage on schema public to app;
set role saas_owner;
create table public.accounts (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  iban text not null,
  primary key (tenant_id, id)
);
alter table public.accounts enable row level security;
alter table public.accounts force row level security;
create policy accounts_tenant on public.accounts
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int)
         or (select current_setting('app.is_superadmin', true)) = 'true');
grant select, insert, update, delete on public.accounts to app;
reset role;
revoke create on schema public from saas_owner;

-- @data
insert into accounts (tenant_id, iban) values (1, 'DE1'), (2, 'DE2');
-- @exploit
select set_config('app.tenant_id', '1', true), set_config('app.is_superadmin', 'true', true);
select iban from accounts where tenant_id = 2;
