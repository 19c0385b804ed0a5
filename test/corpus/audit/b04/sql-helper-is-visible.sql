-- title: a boolean SQL helper counts a missing context as an administrator
-- kind: hole
-- expect: B04|B03
-- also: B26
-- object: fund.position
-- logins: fund_app
-- proof: role=fund_app
create role fund_owner nologin;
create role fund_app login;
create schema fund authorization fund_owner;
grant usage on schema fund to fund_app;
set role fund_owner;
create function fund.is_visible(row_tenant text) returns boolean language sql stable set search_path = pg_catalog
  as $$ select current_setting('fund.tenant', true) is null or row_tenant = current_setting('fund.tenant', true) $$;
create table fund.position (
  tenant text not null check (tenant <> ''),
  isin char(12) not null,
  pieces numeric not null,
  primary key (tenant, isin)
);
alter table fund.position enable row level security;
alter table fund.position force row level security;
create policy position_visible on fund.position using (fund.is_visible(tenant));
grant select, insert, update, delete on fund.position to fund_app;
reset role;

-- @data
insert into fund.position values ('b', 'DE0000000001', 7);
-- @exploit
select pieces from fund.position;
