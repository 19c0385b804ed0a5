-- title: the schema of the tables lets everybody create objects, as before version 15
-- kind: hole
-- expect: A15
-- logins: app
create role own nologin;
create role app login;
grant usage, create on schema public to public;
set role own;
create table public.asset (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table public.asset enable row level security;
alter table public.asset force row level security;
create policy asset_tenant on public.asset using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.asset to app;
reset role;

-- @exploit
create function public.lower(int) returns text language sql as $$ select 'mine' $$;
select 1 from pg_proc where proname = 'lower' and proowner = 'app'::regrole;
