-- title: the back office is a role of its own with a policy of its own, and no flag
-- kind: safe
-- logins: app
-- roles: needed
create role saas_owner nologin;
create role app login;
create role back_office login;
grant create on schema public to saas_owner;
grant usage on schema public to app, back_office;
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
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy accounts_back_office on public.accounts for select to back_office using (true);
grant select on public.accounts to back_office;
grant select, insert, update, delete on public.accounts to app;
reset role;
revoke create on schema public from saas_owner;

-- @data
insert into accounts (tenant_id, iban) values (1, 'DE1'), (2, 'DE2');
-- @exploit
select set_config('app.tenant_id', '1', true), set_config('app.is_superadmin', 'true', true);
select iban from accounts where tenant_id = 2;
