-- title: a login per tenant, an administrator with an open policy that no tenant can become
-- kind: safe
-- logins: tenant_1 tenant_2
-- proof: role=tenant_1
create role citus nologin;
create role tenants nologin;
create role tenant_1 login in role tenants;
create role tenant_2 login in role tenants;
create schema ev authorization citus;
grant usage on schema ev to tenants;
set role citus;
create table ev.event (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
alter table ev.event enable row level security;
alter table ev.event force row level security;
create policy tenant_rows on ev.event to tenants using (current_user = 'tenant_' || tenant_id);
create policy admin_rows on ev.event to citus using (true) with check (true);
grant select, insert, update, delete on ev.event to tenants;
reset role;

-- @data
insert into ev.event (tenant_id, body) values (1, 'a'), (2, 'b');
-- @works
select 1 from ev.event where tenant_id = 1;
-- @exploit
select 1 from ev.event where tenant_id = 2;
