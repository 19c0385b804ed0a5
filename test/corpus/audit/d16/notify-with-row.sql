-- title: a trigger sends whole rows over a channel that any login can hear
-- kind: hole
-- expect: D16
-- object: nt.announce()
-- logins: app
-- proof: role=superuser
create role own nologin;
create role app login;
create schema nt authorization own;
grant usage on schema nt to app;
set role own;
create table nt.message (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create function nt.announce() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('messages', row_to_json(new)::text);
  return null;
end $$;
create trigger message_announce after insert on nt.message for each row execute function nt.announce();
alter table nt.message enable row level security;
alter table nt.message force row level security;
create policy message_tenant on nt.message to app using (tenant_id = (select nullif(current_setting('nt.tenant', true), '')::int));
grant select, insert on nt.message to app;
reset role;

-- @exploit
select 1 from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.prosrc like '%pg_notify%row_to_json(new)%';
