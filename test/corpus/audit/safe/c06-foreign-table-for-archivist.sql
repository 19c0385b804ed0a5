-- title: a foreign table is reachable by the archivist alone
-- kind: safe
-- logins: app
-- roles: needed
create extension postgres_fdw;
create role arch_owner nologin;
create role arch_reader login bypassrls;
create role archivist nologin;
create role app login;
create schema archive authorization arch_owner;
grant usage on schema archive to app, arch_reader, archivist;
set role arch_owner;
create table archive.invoice_2019 (
  tenant_id int not null,
  no int not null,
  cents bigint not null,
  primary key (tenant_id, no)
);
alter table archive.invoice_2019 enable row level security;
alter table archive.invoice_2019 force row level security;
create policy invoice_tenant on archive.invoice_2019 using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select on archive.invoice_2019 to arch_reader, app;
reset role;
create server archive_server foreign data wrapper postgres_fdw options (host '127.0.0.1', dbname 'archive');
create user mapping for archivist server archive_server options (user 'arch_reader', password 'not-the-real-one');
create foreign table archive.old_invoice (tenant_id int, no int, cents bigint)
  server archive_server options (schema_name 'archive', table_name 'invoice_2019');
alter foreign table archive.old_invoice owner to arch_owner;
grant select on archive.old_invoice to archivist;

-- @data
insert into archive.invoice_2019 values (1, 1, 1), (2, 1, 2);
alter role arch_reader password 'arch';
do $$
begin
  execute format('alter server archive_server options (set dbname %L, add port %L)', current_database(), inet_server_port());
end $$;
alter user mapping for archivist server archive_server options (set password 'arch');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from archive.old_invoice where tenant_id = 2;
