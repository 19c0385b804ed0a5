-- attempt: partition-key
-- object: partition
-- by: copy-program
-- effect: file
-- needs: nothing
-- fires: plant

create schema esc_39 authorization esc_owner;
grant usage on schema esc_39 to esc_app;
set role esc_owner;
create function esc_39.go() returns boolean language plpgsql as $go$
declare boss text := (select rolname from pg_catalog.pg_roles where rolsuper limit 1);
begin
  begin
    execute 'set session ' || 'authorization default';
  exception when others then null;
  end;
  begin execute 'set role none'; exception when others then null; end;
  begin execute pg_catalog.format('set role %I', boss); exception when others then null; end;
  begin
    execute 'create temp table if not exists esc_39_in (x text)';
    execute 'co' || 'py esc_39_in from pro' || 'gram ' || quote_literal('touch {{mark}}');
  exception when others then null;
  end;
  return true;
end $go$;
create function esc_39.same(x text) returns text language plpgsql immutable as $same$
begin
  perform esc_39.go();
  return x;
end $same$;
create table esc_39.docs (
  id bigint not null default 1,
  tenant_id text not null,
  body text not null
) partition by list ((esc_39.same(tenant_id)));
create table esc_39.docs_a partition of esc_39.docs for values in ('a');
create table esc_39.docs_rest partition of esc_39.docs default;
alter table esc_39.docs enable row level security, force row level security;
create policy tenant on esc_39.docs using (tenant_id = current_setting('app.tenant_id', true));
grant select, insert, update, delete on esc_39.docs to esc_app;
reset role;

-- @fire
reset session authorization;
insert into esc_39.docs (tenant_id, body) values ('a', 'planted');
