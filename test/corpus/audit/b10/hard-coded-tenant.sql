-- title: a policy for the pilot customer was never taken out
-- kind: hole
-- expect: B10|B03
-- object: public.contracts
-- logins: app
create role legal_owner nologin;
create role app login;
grant create on schema public to legal_owner;
grant usage on schema public to app;
set role legal_owner;
create table public.contracts (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  counterparty text not null,
  primary key (tenant_id, id)
);
alter table public.contracts enable row level security;
alter table public.contracts force row level security;
create policy tenant on public.contracts using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy pilot on public.contracts for select using (tenant_id = 42);
grant select, insert, update, delete on public.contracts to app;
reset role;
revoke create on schema public from legal_owner;

-- @data
insert into contracts (tenant_id, counterparty) values (1, 'x'), (42, 'pilot partner');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from contracts where tenant_id = 42;
