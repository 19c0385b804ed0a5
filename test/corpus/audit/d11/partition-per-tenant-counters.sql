-- title: a partition per tenant shows each tenant's row count in the catalogue
-- kind: hole
-- expect: D11|D13
-- logins: app
create role own nologin;
create role app login;
create schema p authorization own;
grant usage on schema p to app;
set role own;
create table p.event (
  tenant_id text not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
) partition by list (tenant_id);
create table p.event_acme partition of p.event for values in ('acme');
create table p.event_zeta partition of p.event for values in ('zeta');
alter table p.event enable row level security;
alter table p.event force row level security;
create policy event_tenant on p.event using (tenant_id = (select current_setting('p.tenant', true)));
grant select, insert on p.event to app;
reset role;

-- @data
insert into p.event (tenant_id, body) select 'zeta', 'x' from generate_series(1, 123);
analyze p.event;
-- @exploit
select set_config('p.tenant', 'acme', true);
select 1 from pg_class where relname = 'event_zeta' and reltuples = 123;
