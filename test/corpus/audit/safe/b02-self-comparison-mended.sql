-- title: both policies compare the column with the context
-- kind: safe
-- logins: app
create role owner_of_projects nologin;
create role app login;
grant create on schema public to owner_of_projects;
grant usage on schema public to app;
set role owner_of_projects;
create table public.projects (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  budget numeric(12, 2),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create table public.tasks (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  project_id uuid not null,
  title text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references public.projects (tenant_id, id)
);
alter table public.projects enable row level security;
alter table public.projects force row level security;
alter table public.tasks enable row level security;
alter table public.tasks force row level security;
create policy tenant_isolation on public.projects using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy tenant_isolation on public.tasks using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on public.projects, public.tasks to app;
reset role;
revoke create on schema public from owner_of_projects;

-- @data
insert into projects (tenant_id, name) values ('11111111-1111-4111-8111-111111111111', 'one'), ('22222222-2222-4222-8222-222222222222', 'two');
-- @exploit
select set_config('app.tenant_id', '11111111-1111-4111-8111-111111111111', true);
select 1 from projects where tenant_id = '22222222-2222-4222-8222-222222222222';
