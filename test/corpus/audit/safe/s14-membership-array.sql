-- title: membership as an array built in a sub-select, read-only for tenants
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema iam authorization own;
create schema c authorization own;
grant usage on schema iam, c to app;
set role own;
create table iam.grant_of_user (
  user_id int not null,
  workspace int not null,
  primary key (user_id, workspace)
);
create table c.note (
  workspace int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (workspace, id)
);
alter table iam.grant_of_user enable row level security;
alter table iam.grant_of_user force row level security;
alter table c.note enable row level security;
alter table c.note force row level security;
create policy own_grants on iam.grant_of_user for select using (user_id = (select nullif(current_setting('app.user_id', true), '')::int));
create policy note_workspaces on c.note
  using (workspace = any (array(select g.workspace from iam.grant_of_user g where g.user_id = (select nullif(current_setting('app.user_id', true), '')::int))));
grant select on iam.grant_of_user to app;
grant select, insert, update, delete on c.note to app;
reset role;

-- @data
insert into iam.grant_of_user values (11, 1), (22, 2);
insert into c.note (workspace, body) values (1, 'a'), (2, 'b');
-- @works
select set_config('app.user_id', '11', true);
select 1 from c.note;
-- @exploit
select set_config('app.user_id', '11', true);
select 1 from c.note where workspace = 2;
