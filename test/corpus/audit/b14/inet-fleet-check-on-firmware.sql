-- title: the key is a network address, and the UPDATE policy checks another column than it
-- kind: hole
-- expect: B14
-- object: fleet.device
-- logins: fleet_ops
-- proof: role=fleet_ops
create role fleet_owner nologin;
create role fleet_ops login;
create schema fleet authorization fleet_owner;
grant usage on schema fleet to fleet_ops;
set role fleet_owner;
create table fleet.device (
  network inet not null,
  serial text not null,
  firmware text not null,
  primary key (network, serial)
);
alter table fleet.device enable row level security;
alter table fleet.device force row level security;
create policy device_read on fleet.device for select using (network = (select nullif(current_setting('fleet.network', true), '')::inet));
create policy device_add on fleet.device for insert with check (network = (select nullif(current_setting('fleet.network', true), '')::inet));
create policy device_change on fleet.device for update
  using (network = (select nullif(current_setting('fleet.network', true), '')::inet)) with check (firmware <> '');
grant select, insert, update on fleet.device to fleet_ops;
reset role;

-- @data
insert into fleet.device values ('10.0.0.1', 'a-1', '1.0'), ('10.0.0.2', 'b-1', '1.0');
-- @works
select set_config('fleet.network', '10.0.0.1', true);
select 1 from fleet.device where serial = 'a-1';
-- @exploit
begin;
select set_config('fleet.network', '10.0.0.1', true);
update fleet.device set network = '10.0.0.2';
commit;
-- @exploit role=superuser
select 1 from fleet.device where network = '10.0.0.2' and serial = 'a-1';
