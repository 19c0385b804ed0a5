-- title: a trigger sends rows to another server, which a rollback does not call back
-- kind: hole
-- expect: C20|C07
-- object: out.forward()
-- logins: app
-- proof: role=superuser
create extension dblink;
create role own nologin;
create role app login;
create schema out authorization own;
grant usage on schema out to app;
set role own;
create table out.lead (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  email text not null,
  primary key (tenant_id, id)
);
create function out.forward() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform public.dblink_exec('host=crm.internal dbname=leads user=feed', format('insert into lead values (%s, %L)', new.tenant_id, new.email));
  return null;
end $$;
create trigger lead_forward after insert on out.lead for each row execute function out.forward();
alter table out.lead enable row level security;
alter table out.lead force row level security;
create policy lead_tenant on out.lead to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert on out.lead to app;
reset role;

-- @exploit
select 1 from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.prosrc like '%dblink_exec%' and p.prosecdef;
