-- title: the tenant is looked for between commas in the context
-- kind: hole
-- expect: B30
-- object: depot.box
-- logins: depot_app
-- proof: role=depot_app
create role depot_owner nologin;
create role depot_app login;
create schema depot authorization depot_owner;
grant usage on schema depot to depot_app;
set role depot_owner;
create table depot.box (
  site text not null check (site <> ''),
  no int not null,
  content text not null,
  primary key (site, no)
);
alter table depot.box enable row level security;
alter table depot.box force row level security;
create policy box_sites on depot.box
  using (position(',' || site || ',' in (select ',' || current_setting('depot.sites', true) || ',')) > 0);
grant select, insert, update, delete on depot.box to depot_app;
reset role;

-- @data
insert into depot.box values ('a', 1, 'x'), ('b', 1, 'y');
-- @exploit
select set_config('depot.sites', 'a,b', true);
select 1 from depot.box where site = 'b';
