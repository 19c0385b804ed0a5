-- title: partitions by list with a default partition, row security on the parent, a detached one ungranted
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema part authorization own;
grant usage on schema part to app;
set role own;
create table part.event (
  region text not null,
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, region, id)
) partition by list (region);
create table part.event_eu partition of part.event for values in ('eu');
create table part.event_us partition of part.event for values in ('us');
create table part.event_other partition of part.event default;
create table part.event_apac (like part.event including all);
alter table part.event enable row level security;
alter table part.event force row level security;
create policy event_tenant on part.event using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on part.event to app;
reset role;

-- @data
insert into part.event (region, tenant_id, body) values ('eu', 'aaaaaaaa-0000-4000-8000-000000000001', 'a'), ('eu', 'bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @works
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from part.event;
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from part.event_eu;
