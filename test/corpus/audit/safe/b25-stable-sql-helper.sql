-- title: the context helper is STABLE
-- kind: safe
-- logins: app
create role app_owner nologin;
create role app login;
create schema app authorization app_owner;
grant usage on schema app to app;
set role app_owner;
create function app.tenant() returns int language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('app.tenant_id', true), '')::int $$;
create table app.item (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
alter table app.item enable row level security;
alter table app.item force row level security;
create policy item_tenant on app.item using (tenant_id = (select app.tenant()));
grant select, insert, update, delete on app.item to app;
reset role;

-- @data
insert into app.item (tenant_id, name) values (1, 'a'), (2, 'b');
-- @exploit
set plan_cache_mode = force_generic_plan;
create temp table seen (tenant_id int);
select set_config('app.tenant_id', '1', false);
prepare items as select tenant_id from app.item;
execute items;
select set_config('app.tenant_id', '2', false);
do $$ declare n int; begin execute 'execute items' into n; insert into seen values (n); end $$;
select 1 from seen where tenant_id = 1;
