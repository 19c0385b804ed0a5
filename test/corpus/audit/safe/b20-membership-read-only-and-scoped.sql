-- title: the membership table shows a user only the own rows and cannot be written
-- kind: safe
-- logins: app
create role iam_owner nologin;
create role app login;
create schema iam authorization iam_owner;
create schema content authorization iam_owner;
grant usage on schema iam, content to app;
set role iam_owner;
create function iam.user_id() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
create table iam.workspace_user (
  workspace_id uuid not null,
  user_id uuid not null,
  role text not null default 'member',
  primary key (workspace_id, user_id)
);
create index on iam.workspace_user (user_id);
create table content.note (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (workspace_id, id)
);
alter table iam.workspace_user enable row level security;
alter table iam.workspace_user force row level security;
create policy own_rows on iam.workspace_user for select using (user_id = (select iam.user_id()));
alter table content.note enable row level security;
alter table content.note force row level security;
create policy note_member on content.note
  using (exists (select from iam.workspace_user w where w.workspace_id = note.workspace_id and w.user_id = (select iam.user_id())));
grant select on iam.workspace_user to app;
grant select, insert, update, delete on content.note to app;
reset role;

-- @data
insert into content.note (workspace_id, body) values ('bbbbbbbb-0000-4000-8000-000000000002', 'secret');
-- @exploit
select set_config('app.user_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
insert into iam.workspace_user values ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000011');
select 1 from content.note where workspace_id = 'bbbbbbbb-0000-4000-8000-000000000002';
