-- title: customers' names stand in policies, roles and an enum that any login may read
-- kind: hole
-- expect: D13
-- also: B10
-- logins: tenant_acme tenant_umbrella
-- proof: role=tenant_acme
create role own nologin;
create role tenant_acme login;
create role tenant_umbrella login;
create schema n authorization own;
grant usage on schema n to tenant_acme, tenant_umbrella;
set role own;
create type n.customer as enum ('acme', 'umbrella');
create table n.shipment (
  customer n.customer not null,
  id uuid not null default gen_random_uuid(),
  weight_kg int not null,
  primary key (customer, id)
);
alter table n.shipment enable row level security;
alter table n.shipment force row level security;
create policy shipment_acme on n.shipment to tenant_acme using (customer = 'acme');
create policy shipment_umbrella on n.shipment to tenant_umbrella using (customer = 'umbrella');
grant select, insert, update, delete on n.shipment to tenant_acme, tenant_umbrella;
reset role;

-- @exploit
select 1 from pg_policies where qual like '%umbrella%';
