-- title: one pool login is a member of every tenant's role
-- kind: hole
-- expect: B24
-- also: A07
-- logins: pool
-- proof: role=pool
create role citus_owner nologin;
create role tenant_acme nologin;
create role tenant_zeta nologin;
create role pool login noinherit;
grant tenant_acme, tenant_zeta to pool;
create schema events authorization citus_owner;
grant usage on schema events to tenant_acme, tenant_zeta;
set role citus_owner;
create table events.event (
  tenant_id text not null,
  id uuid not null default gen_random_uuid(),
  kind text not null,
  payload jsonb not null default '{}',
  primary key (tenant_id, id)
);
alter table events.event enable row level security;
alter table events.event force row level security;
create policy event_tenant on events.event using ('tenant_' || tenant_id = current_user);
grant select, insert, update, delete on events.event to tenant_acme, tenant_zeta;
reset role;

-- @data
insert into events.event (tenant_id, kind) values ('acme', 'login'), ('zeta', 'login');
-- @exploit
set local role tenant_acme;
reset role;
set local role tenant_zeta;
select 1 from events.event where tenant_id = 'zeta';
