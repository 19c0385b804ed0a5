-- title: IS NOT DISTINCT FROM on a column that is never null
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema nd authorization own;
grant usage on schema nd to app;
set role own;
create domain nd.tenant_key as text check (value ~ '^[a-z][a-z0-9-]{1,30}$');
create function nd.tenant() returns text language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return current_setting('nd.tenant', true);
end $$;
create table nd.device (
  tenant nd.tenant_key not null,
  serial text not null,
  primary key (tenant, serial)
);
alter table nd.device enable row level security;
alter table nd.device force row level security;
create policy device_tenant on nd.device using (tenant is not distinct from (select nd.tenant())) with check (tenant is not distinct from (select nd.tenant()));
grant select, insert, update, delete on nd.device to app;
reset role;

-- @data
insert into nd.device values ('acme', '1'), ('zeta', '1');
-- @works
select set_config('nd.tenant', 'acme', true);
select 1 from nd.device;
-- @exploit state=recycled
select 1 from nd.device;
