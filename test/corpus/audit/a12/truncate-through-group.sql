-- title: the login inherits TRUNCATE from a group
-- kind: hole
-- expect: A12
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role own nologin;
create schema api authorization own;
grant usage on schema api to authenticated;
set role own;
create table api.todo_item (
  team uuid not null,
  id uuid not null default gen_random_uuid(),
  task text not null,
  primary key (team, id)
);
alter table api.todo_item enable row level security;
alter table api.todo_item force row level security;
create policy team on api.todo_item to authenticated using (team = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'team')::uuid));
grant select, insert, update, delete, truncate on api.todo_item to authenticated;
reset role;

-- @data
insert into api.todo_item (team, task) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
set local role authenticated;
truncate api.todo_item;
-- @exploit role=superuser
select 1 where not exists (select from api.todo_item);
