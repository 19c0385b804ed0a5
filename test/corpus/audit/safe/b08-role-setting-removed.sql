-- title: the login role stores only a time limit
-- kind: safe
-- logins: portal
-- proof: role=portal
create role portal_owner nologin;
create role portal login;
alter role portal set statement_timeout = '30s';
create schema portal authorization portal_owner;
grant usage on schema portal to portal;
set role portal_owner;
create table portal.page (
  tenant text not null check (tenant <> ''),
  path text not null,
  html text not null,
  primary key (tenant, path)
);
alter table portal.page enable row level security;
alter table portal.page force row level security;
create policy page_tenant on portal.page using (tenant = (select current_setting('portal.tenant', true)));
grant select, insert, update, delete on portal.page to portal;
reset role;

-- @data
insert into portal.page values ('default', '/', 'hi'), ('acme', '/', 'ho');
-- @exploit
select 1 from portal.page where tenant = 'default';
