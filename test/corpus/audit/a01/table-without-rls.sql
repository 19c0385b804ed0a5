-- title: one of ten tables was forgotten when row security was introduced
-- kind: hole
-- expect: A01
-- also: D03 D04 D06
-- object: clinic.prescription
-- logins: clinic_app
-- proof: role=clinic_app
create role clinic_owner nologin;
create role clinic_app login;
create schema clinic authorization clinic_owner;
grant usage on schema clinic to clinic_app;
set role clinic_owner;
create function clinic.current_practice() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('clinic.practice_id', true), '')::uuid $$;
create table clinic.practice (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
create table clinic.country (
  code char(2) primary key,
  name text not null
);
create table clinic.doctor (
  practice_id uuid not null references clinic.practice,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (practice_id, id)
);
create table clinic.patient (
  practice_id uuid not null references clinic.practice,
  id uuid not null default gen_random_uuid(),
  name text not null,
  country char(2) references clinic.country,
  primary key (practice_id, id)
);
create table clinic.appointment (
  practice_id uuid not null,
  id uuid not null default gen_random_uuid(),
  patient_id uuid not null,
  doctor_id uuid not null,
  starts_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references clinic.patient,
  foreign key (practice_id, doctor_id) references clinic.doctor
);
create index on clinic.appointment (practice_id, patient_id);
create index on clinic.appointment (practice_id, doctor_id);
create table clinic.diagnosis (
  practice_id uuid not null,
  id uuid not null default gen_random_uuid(),
  patient_id uuid not null,
  icd10 text not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references clinic.patient
);
create table clinic.prescription (
  practice_id uuid not null,
  id uuid not null default gen_random_uuid(),
  patient_id uuid not null,
  drug text not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references clinic.patient
);
create table clinic.invoice (
  practice_id uuid not null,
  number int not null,
  patient_id uuid not null,
  cents bigint not null,
  primary key (practice_id, number),
  foreign key (practice_id, patient_id) references clinic.patient
);
create table clinic.reminder (
  practice_id uuid not null,
  id uuid not null default gen_random_uuid(),
  patient_id uuid not null,
  due_on date not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references clinic.patient on delete cascade
);
create table clinic.setting (
  practice_id uuid not null references clinic.practice,
  key text not null,
  value jsonb not null,
  primary key (practice_id, key)
);
do $$
declare
  name text;
begin
  foreach name in array array['doctor', 'patient', 'appointment', 'diagnosis', 'invoice', 'reminder', 'setting'] loop
    execute format('alter table clinic.%I enable row level security', name);
    execute format('alter table clinic.%I force row level security', name);
    execute format('create policy practice on clinic.%I using (practice_id = (select clinic.current_practice()))', name);
  end loop;
end $$;
alter table clinic.practice enable row level security;
alter table clinic.practice force row level security;
create policy own_practice on clinic.practice for select using (id = (select clinic.current_practice()));
grant select on clinic.practice, clinic.country to clinic_app;
grant select, insert, update, delete on clinic.doctor, clinic.patient, clinic.appointment, clinic.diagnosis, clinic.prescription, clinic.invoice, clinic.reminder, clinic.setting to clinic_app;
reset role;

-- @data
insert into clinic.practice values ('aaaaaaaa-0000-4000-8000-000000000001', 'A'), ('bbbbbbbb-0000-4000-8000-000000000002', 'B');
insert into clinic.patient (practice_id, id, name) select id, id, name from clinic.practice;
insert into clinic.prescription (practice_id, patient_id, drug) select id, id, 'x' from clinic.practice;
-- @exploit
select set_config('clinic.practice_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from clinic.prescription where practice_id = 'bbbbbbbb-0000-4000-8000-000000000002';
