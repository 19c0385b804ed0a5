-- title: an event trigger enables row security on new tables, in one schema only and without FORCE or a policy
-- kind: hole
-- expect: A19
-- logins: app
-- proof: role=superuser
create role own nologin;
create role app login;
create schema billing authorization own;
grant usage on schema public, billing to app;
create function public.rls_auto_enable() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  made record;
begin
  for made in select * from pg_event_trigger_ddl_commands() where object_type = 'table' loop
    begin
      if made.schema_name = 'public' then
        execute format('alter table %s enable row level security', made.object_identity);
      end if;
    exception when others then
      raise log 'row security was not enabled on %', made.object_identity;
    end;
  end loop;
end $$;
revoke execute on function public.rls_auto_enable() from public;
create event trigger enable_rls on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS') execute function public.rls_auto_enable();
set role own;
create table billing.invoice (
  tenant_id int not null,
  no int not null,
  cents bigint not null,
  primary key (tenant_id, no)
);
alter table billing.invoice enable row level security;
alter table billing.invoice force row level security;
create policy invoice_tenant on billing.invoice using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on billing.invoice to app;
reset role;

-- @exploit
create table billing.refund (tenant_id int not null, cents bigint not null);
select 1 from pg_class where oid = 'billing.refund'::regclass and not relrowsecurity;
