-- title: a "preview" policy shows rows of the last day whoever owns them
-- kind: hole
-- expect: B35|B03
-- object: public.leads
-- logins: app
create role leads_owner nologin;
create role app login;
grant create on schema public to leads_owner;
grant usage on schema public to app;
set role leads_owner;
create table public.leads (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  phone text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
alter table public.leads enable row level security;
alter table public.leads force row level security;
create policy leads_tenant on public.leads using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy leads_preview on public.leads for select using (created_at > now() - interval '1 day');
grant select, insert, update, delete on public.leads to app;
reset role;
revoke create on schema public from leads_owner;

-- @data
insert into leads (tenant_id, phone) values (2, '+49');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from leads where tenant_id = 2;
