-- title: a definer function switches the tenant for a report and leaves it switched
-- kind: hole
-- expect: C10|C09|B33
-- object: rep.report_for(integer)
-- logins: app
create role rep_owner nologin;
create role app login;
create schema rep authorization rep_owner;
grant usage on schema rep to app;
set role rep_owner;
create table rep.figure (
  tenant_id int not null,
  month date not null,
  cents bigint not null,
  primary key (tenant_id, month)
);
alter table rep.figure enable row level security;
alter table rep.figure force row level security;
create policy figure_tenant on rep.figure using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create function rep.report_for(tenant int) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('app.tenant_id', tenant::text, true);
  return (select sum(cents) from rep.figure);
end $$;
grant select, insert on rep.figure to app;
reset role;

-- @data
insert into rep.figure values (1, '2024-01-01', 1), (2, '2024-01-01', 2);
-- @exploit
select set_config('app.tenant_id', '1', true);
select rep.report_for(2);
select 1 from rep.figure where tenant_id = 2;
