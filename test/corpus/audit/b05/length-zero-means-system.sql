-- title: a helper takes an empty context for the system and answers true
-- kind: hole
-- expect: B05|B03
-- also: B26
-- object: fleet.vehicle
-- logins: fleet_api
-- proof: role=fleet_api state=recycled
create role fleet_owner nologin;
create role fleet_api login;
create schema fleet authorization fleet_owner;
grant usage on schema fleet to fleet_api;
set role fleet_owner;
create function fleet.is_mine(wanted int) returns boolean language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  given text := current_setting('fleet.org_id', true);
begin
  if length(given) = 0 then
    return true; -- nightly jobs come without an organization
  end if;
  return wanted = given::int;
end $$;
create table fleet.vehicle (
  org_id int not null,
  plate text not null,
  odometer_km int not null default 0,
  primary key (org_id, plate)
);
create table fleet.trip (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  plate text not null,
  km int not null,
  primary key (org_id, id),
  foreign key (org_id, plate) references fleet.vehicle
);
alter table fleet.vehicle enable row level security;
alter table fleet.vehicle force row level security;
alter table fleet.trip enable row level security;
alter table fleet.trip force row level security;
create policy vehicle_org on fleet.vehicle using (fleet.is_mine(org_id));
create policy trip_org on fleet.trip using (org_id = (select nullif(current_setting('fleet.org_id', true), '')::int));
grant select, insert, update, delete on fleet.vehicle, fleet.trip to fleet_api;
reset role;

-- @data
insert into fleet.vehicle values (1, 'A 1'), (2, 'B 2');
-- @exploit
select 1 from fleet.vehicle where org_id = 2;
