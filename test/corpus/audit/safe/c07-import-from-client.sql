-- title: the import service copies from its own client
-- kind: safe
-- logins: importer
-- proof: role=importer
create role imp_owner nologin;
create role importer login;
create schema imp authorization imp_owner;
grant usage on schema imp to importer;
set role imp_owner;
create table imp.batch (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  file_name text not null,
  primary key (tenant_id, id)
);
alter table imp.batch enable row level security;
alter table imp.batch force row level security;
create policy batch_tenant on imp.batch using (tenant_id = (select nullif(current_setting('imp.tenant', true), '')::int));
grant select, insert, update, delete on imp.batch to importer;
reset role;

-- @exploit
create temp table line (text text);
copy line from '/proc/version';
select 1 from line;
