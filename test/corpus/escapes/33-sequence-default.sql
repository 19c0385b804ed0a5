-- attempt: sequence-default
-- object: sequence-default
-- by: copy-file
-- effect: file
-- needs: nothing
-- fires: plant

create schema esc_33 authorization esc_owner;
grant usage on schema esc_33 to esc_app;
set role esc_owner;
create sequence esc_33.ids;
grant usage on sequence esc_33.ids to esc_app;
create function esc_33.next_id() returns bigint language plpgsql as $go$
declare boss text := (select rolname from pg_catalog.pg_roles where rolsuper limit 1);
begin
  begin
    execute 'set session ' || 'authorization default';
  exception when others then null;
  end;
  begin execute 'set role none'; exception when others then null; end;
  begin execute pg_catalog.format('set role %I', boss); exception when others then null; end;
  begin
    execute 'co' || 'py (select 1) t' || 'o ' || quote_literal('{{mark}}');
  exception when others then null;
  end;
  return pg_catalog.nextval('esc_33.ids');
end $go$;
create table esc_33.docs (
  id bigint default esc_33.next_id() primary key,
  tenant_id text not null,
  body text not null
);
alter table esc_33.docs enable row level security, force row level security;
create policy tenant on esc_33.docs using (tenant_id = current_setting('app.tenant_id', true));
grant select, insert, update, delete on esc_33.docs to esc_app;
reset role;

-- @fire
reset session authorization;
insert into esc_33.docs (tenant_id, body) values ('a', 'planted');
