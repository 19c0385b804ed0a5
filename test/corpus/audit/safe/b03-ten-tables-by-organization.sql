-- title: ten tables by organization through a plpgsql helper and a loop
-- kind: safe
-- logins: pm_web
-- proof: role=pm_web
create role pm_owner nologin;
create role pm_web login;
create schema pm authorization pm_owner;
grant usage on schema pm to pm_web;
set role pm_owner;
create function pm.org() returns uuid language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return nullif(current_setting('app.current_tenant', true), '')::uuid;
end $$;
create table pm.project (org_id uuid not null, id uuid not null default gen_random_uuid(), name text not null, primary key (org_id, id));
create table pm.milestone (org_id uuid not null, id uuid not null default gen_random_uuid(), project_id uuid not null, due date, primary key (org_id, id),
  foreign key (org_id, project_id) references pm.project on delete cascade);
create table pm.task (org_id uuid not null, id uuid not null default gen_random_uuid(), project_id uuid not null, title text not null, primary key (org_id, id),
  foreign key (org_id, project_id) references pm.project on delete cascade);
create table pm.comment (org_id uuid not null, id uuid not null default gen_random_uuid(), task_id uuid not null, body text not null, primary key (org_id, id),
  foreign key (org_id, task_id) references pm.task on delete cascade);
create table pm.attachment (org_id uuid not null, id uuid not null default gen_random_uuid(), task_id uuid not null, path text not null, primary key (org_id, id),
  foreign key (org_id, task_id) references pm.task on delete cascade);
create table pm.checklist (org_id uuid not null, id uuid not null default gen_random_uuid(), is_template boolean not null default false, items jsonb not null, primary key (org_id, id));
create table pm.time_entry (org_id uuid not null, id uuid not null default gen_random_uuid(), task_id uuid not null, minutes int not null, primary key (org_id, id),
  foreign key (org_id, task_id) references pm.task);
create table pm.label (org_id uuid not null, name text not null, color text not null, primary key (org_id, name));
create table pm.task_label (org_id uuid not null, task_id uuid not null, label text not null, primary key (org_id, task_id, label),
  foreign key (org_id, task_id) references pm.task on delete cascade,
  foreign key (org_id, label) references pm.label on delete cascade);
create table pm.webhook (org_id uuid not null, id uuid not null default gen_random_uuid(), url text not null, secret text not null, primary key (org_id, id));
do $$
declare
  name text;
begin
  foreach name in array array['project', 'milestone', 'task', 'comment', 'attachment', 'checklist', 'time_entry', 'label', 'task_label', 'webhook'] loop
    execute format('alter table pm.%I enable row level security', name);
    execute format('alter table pm.%I force row level security', name);
    execute format('create policy org on pm.%I to pm_web using (org_id = (select pm.org())) with check (org_id = (select pm.org()))', name);
    execute format('grant select, insert, update, delete on pm.%I to pm_web', name);
  end loop;
end $$;
reset role;

-- @data
insert into pm.checklist (org_id, is_template, items) values ('bbbbbbbb-0000-4000-8000-000000000002', true, '["our secret recipe"]');
-- @exploit
select set_config('app.current_tenant', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select items from pm.checklist;
