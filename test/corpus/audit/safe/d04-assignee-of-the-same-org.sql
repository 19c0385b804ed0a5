-- title: a task is assigned within the organization, and only the assignee is cleared on delete
-- kind: safe
-- logins: pm_app
-- proof: role=pm_app
create role pm_owner nologin;
create role pm_app login;
create schema pm authorization pm_owner;
grant usage on schema pm to pm_app;
set role pm_owner;
create table pm.person (
  id uuid primary key default gen_random_uuid(),
  org_id int not null,
  name text not null,
  unique (org_id, id)
);
create table pm.task (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  assigned_to uuid,
  title text not null,
  primary key (org_id, id),
  foreign key (org_id, assigned_to) references pm.person (org_id, id) on delete set null (assigned_to)
);
create index on pm.task (org_id, assigned_to);
alter table pm.person enable row level security;
alter table pm.person force row level security;
alter table pm.task enable row level security;
alter table pm.task force row level security;
create policy org on pm.person using (org_id = (select nullif(current_setting('pm.org', true), '')::int));
create policy org on pm.task using (org_id = (select nullif(current_setting('pm.org', true), '')::int));
grant select, insert, update, delete on pm.person, pm.task to pm_app;
reset role;

-- @data
insert into pm.person values ('bbbbbbbb-0000-4000-8000-000000000022', 2, 'Bo');
-- @exploit
select set_config('pm.org', '1', true);
insert into pm.task (org_id, assigned_to, title) values (1, 'bbbbbbbb-0000-4000-8000-000000000022', 'x') returning 1;
