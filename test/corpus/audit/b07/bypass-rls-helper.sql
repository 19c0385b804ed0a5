-- title: an ORM extension's bypass switch hidden in a helper function
-- kind: hole
-- expect: B07
-- object: public."Patient"
-- logins: prisma
-- proof: role=prisma
create role prisma login;
create role prisma_migrate nologin;
grant create on schema public to prisma_migrate;
grant usage on schema public to prisma;
set role prisma_migrate;
create function public.rls_bypassed() returns boolean language sql stable
  set search_path = pg_catalog
  as $$ select current_setting('app.bypass_rls', true) in ('on', '1', 'yes') $$;
create table public."Practice" (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
create table public."Patient" (
  "practiceId" uuid not null references public."Practice" (id),
  id uuid not null default gen_random_uuid(),
  "lastName" text not null,
  "birthDate" date,
  primary key ("practiceId", id)
);
alter table public."Practice" enable row level security;
alter table public."Practice" force row level security;
alter table public."Patient" enable row level security;
alter table public."Patient" force row level security;
create policy tenant_isolation_policy on public."Practice" using (id = (select nullif(current_setting('app.current_practice_id', true), '')::uuid));
create policy tenant_isolation_policy on public."Patient" using ("practiceId" = (select nullif(current_setting('app.current_practice_id', true), '')::uuid));
create policy bypass_rls_policy on public."Patient" using ((select public.rls_bypassed()));
grant select, insert, update, delete on public."Patient" to prisma;
grant select on public."Practice" to prisma;
reset role;
revoke create on schema public from prisma_migrate;

-- @data
insert into "Practice" values ('aaaaaaaa-0000-4000-8000-000000000001', 'A'), ('bbbbbbbb-0000-4000-8000-000000000002', 'B');
insert into "Patient" ("practiceId", "lastName") select id, name from "Practice";
-- @exploit
select set_config('app.current_practice_id', 'aaaaaaaa-0000-4000-8000-000000000001', true), set_config('app.bypass_rls', 'on', true);
select 1 from "Patient" where "practiceId" = 'bbbbbbbb-0000-4000-8000-000000000002';
