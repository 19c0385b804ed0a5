-- title: CASE with an ELSE branch that is false
-- kind: safe
-- logins: lab_service
-- proof: role=lab_service state=recycled
create role lab_owner nologin;
create role lab_service login;
create schema lab authorization lab_owner;
grant usage on schema lab to lab_service;
set role lab_owner;
create table lab.sample (
  clinic_id uuid not null,
  barcode text not null,
  result jsonb,
  primary key (clinic_id, barcode)
);
alter table lab.sample enable row level security;
alter table lab.sample force row level security;
create policy by_clinic on lab.sample for all
  using (case when nullif((select current_setting('lab.clinic', true)), '') is not null
              then clinic_id = (select nullif(current_setting('lab.clinic', true), '')::uuid)
              else false end)
  with check (clinic_id = (select nullif(current_setting('lab.clinic', true), '')::uuid));
grant select, insert, update on lab.sample to lab_service;
reset role;

-- @data
insert into lab.sample values ('aaaaaaaa-0000-4000-8000-000000000001', 'x1', '{}'), ('bbbbbbbb-0000-4000-8000-000000000002', 'x1', '{"hiv":false}');
-- @exploit
select 1 from lab.sample where clinic_id = 'bbbbbbbb-0000-4000-8000-000000000002';
