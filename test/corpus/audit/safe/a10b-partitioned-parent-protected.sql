-- title: a partitioned table has its policy on the parent
-- kind: safe
-- logins: iot
-- proof: role=iot
create role iot_owner nologin;
create role iot login;
create schema telemetry authorization iot_owner;
grant usage on schema telemetry to iot;
set role iot_owner;
create table telemetry.device (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  label text not null,
  primary key (tenant_id, id)
);
create table telemetry.point (
  tenant_id uuid not null,
  device_id uuid not null,
  at timestamptz not null,
  value real not null,
  primary key (tenant_id, device_id, at),
  foreign key (tenant_id, device_id) references telemetry.device
) partition by hash (tenant_id);
create table telemetry.point_0 partition of telemetry.point for values with (modulus 2, remainder 0);
create table telemetry.point_1 partition of telemetry.point for values with (modulus 2, remainder 1);
alter table telemetry.device enable row level security;
alter table telemetry.device force row level security;
create policy device_tenant on telemetry.device using (tenant_id = (select nullif(current_setting('iot.tenant', true), '')::uuid));
alter table telemetry.point enable row level security;
alter table telemetry.point force row level security;
create policy point_tenant on telemetry.point using (tenant_id = (select nullif(current_setting('iot.tenant', true), '')::uuid));
grant select, insert, update, delete on telemetry.device, telemetry.point to iot;
reset role;

-- @data
insert into telemetry.device values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000002', 'b');
insert into telemetry.point values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000002', now(), 1);
-- @exploit
select set_config('iot.tenant', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from telemetry.point;
