-- title: an audit trigger files the entry under the tenant of the checked row
-- kind: safe
-- logins: app
create role audit_owner nologin;
create role app login;
create schema audit authorization audit_owner;
create schema work authorization audit_owner;
grant usage on schema audit, work to app;
set role audit_owner;
create table audit.entry (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (tenant_id, id)
);
create table work.job (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  on_behalf_of int,
  title text not null,
  primary key (tenant_id, id)
);
create function audit.stamp() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit.entry (tenant_id, text) values (new.tenant_id, new.title);
  return null;
end $$;
create trigger job_audit after insert or update on work.job for each row execute function audit.stamp();
alter table audit.entry enable row level security;
alter table work.job enable row level security;
alter table work.job force row level security;
create policy entry_tenant on audit.entry for select to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy job_tenant on work.job to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select on audit.entry to app;
grant select, insert, update, delete on work.job to app;
reset role;

-- @exploit
select set_config('app.tenant_id', '1', true);
insert into work.job (tenant_id, on_behalf_of, title) values (1, 2, 'forged');
-- @exploit role=superuser
select 1 from audit.entry where tenant_id = 2;
