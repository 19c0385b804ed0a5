-- title: the context is one tenant
-- kind: safe
-- logins: support_app
-- proof: role=support_app
create role support_owner nologin;
create role support_app login;
create schema support authorization support_owner;
grant usage on schema support to support_app;
set role support_owner;
create table support.case_file (
  tenant text not null check (tenant <> ''),
  no int not null,
  text text not null,
  primary key (tenant, no)
);
alter table support.case_file enable row level security;
alter table support.case_file force row level security;
create policy case_file_tenants on support.case_file
  using (tenant = (select current_setting('support.tenants', true)));
grant select, insert, update, delete on support.case_file to support_app;
reset role;

-- @data
insert into support.case_file values ('a', 1, 'x'), ('b', 1, 'y');
-- @exploit
select set_config('support.tenants', 'a,b', true);
select 1 from support.case_file where tenant = 'b';
