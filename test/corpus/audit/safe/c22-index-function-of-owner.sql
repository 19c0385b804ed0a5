-- title: an index uses a function that the tables' owner owns
-- kind: safe
-- logins: app
-- proof: role=superuser
create role ext_owner nologin;
create role app login;
create schema ext authorization ext_owner;
grant usage on schema ext to app;
set role ext_owner;
create function ext.normal(word text) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp
  as $$ begin return lower(trim(word)); end $$;
create table ext.person (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant_id, id)
);
create index person_by_name on ext.person (tenant_id, ext.normal(name));
alter table ext.person enable row level security;
alter table ext.person force row level security;
create policy person_tenant on ext.person using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on ext.person to app;
reset role;

-- @exploit
select 1 from pg_depend d join pg_proc p on p.oid = d.refobjid and d.refclassid = 'pg_proc'::regclass
where d.objid = 'ext.person_by_name'::regclass and p.proowner = 'app'::regrole;
