-- title: of six policies written out for three logins, one names the wrong tenant
-- kind: hole
-- expect: B10
-- object: clinic.visit
-- logins: clinic_north clinic_south clinic_west
-- proof: role=clinic_west
create role clinic_owner nologin;
create role clinic_north login;
create role clinic_south login;
create role clinic_west login;
create schema clinic authorization clinic_owner;
grant usage on schema clinic to clinic_north, clinic_south, clinic_west;
set role clinic_owner;
create table clinic.patient (
  site text not null,
  no int not null,
  name text not null,
  primary key (site, no)
);
create table clinic.visit (
  site text not null,
  patient_no int not null,
  no int not null,
  note text not null,
  primary key (site, patient_no, no),
  foreign key (site, patient_no) references clinic.patient
);
alter table clinic.patient enable row level security;
alter table clinic.patient force row level security;
alter table clinic.visit enable row level security;
alter table clinic.visit force row level security;
create policy patient_north on clinic.patient to clinic_north using (site = 'north');
create policy patient_south on clinic.patient to clinic_south using (site = 'south');
create policy patient_west on clinic.patient to clinic_west using (site = 'west');
create policy visit_north on clinic.visit to clinic_north using (site = 'north');
create policy visit_south on clinic.visit to clinic_south using (site = 'south');
create policy visit_west on clinic.visit to clinic_west using (site = 'south');
grant select, insert, update, delete on clinic.patient, clinic.visit to clinic_north, clinic_south, clinic_west;
reset role;

-- @data
insert into clinic.patient values ('north', 1, 'a'), ('south', 1, 'b'), ('west', 1, 'c');
insert into clinic.visit values ('north', 1, 1, 'x'), ('south', 1, 1, 'y'), ('west', 1, 1, 'z');
-- @works
select 1 from clinic.patient where site = 'west';
-- @exploit
select 1 from clinic.visit where site = 'south';
