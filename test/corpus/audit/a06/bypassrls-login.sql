-- title: the service's login was given BYPASSRLS for an export
-- kind: hole
-- expect: A06
-- object: svc
-- logins: svc
-- proof: role=svc
create role data_owner nologin;
create role svc login bypassrls;
create schema d authorization data_owner;
grant usage on schema d to svc;
set role data_owner;
create table d.row_of_tenant (
  tenant text not null check (tenant <> ''),
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant, id)
);
alter table d.row_of_tenant enable row level security;
alter table d.row_of_tenant force row level security;
create policy tenant on d.row_of_tenant using (tenant = (select current_setting('svc.tenant', true)));
grant select, insert, update, delete on d.row_of_tenant to svc;
reset role;

-- @data
insert into d.row_of_tenant (tenant, body) values ('a', 'x'), ('b', 'y');
-- @exploit
select set_config('svc.tenant', 'a', true);
select 1 from d.row_of_tenant where tenant = 'b';
