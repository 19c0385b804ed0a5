-- title: a publication streams a tenant table without a row filter
-- kind: hole
-- expect: C17
-- logins: app
-- proof: role=superuser
create role pub_owner nologin;
create role app login;
create role replicator login replication;
create schema pub authorization pub_owner;
grant usage on schema pub to app;
set role pub_owner;
create table pub.reading (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  value real not null,
  primary key (tenant_id, id)
);
alter table pub.reading enable row level security;
alter table pub.reading force row level security;
create policy reading_tenant on pub.reading to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on pub.reading to app;
reset role;
create publication customer_feed for table pub.reading;

-- @exploit
select 1 from pg_publication_tables where tablename = 'reading' and rowfilter is null;
