-- title: tenants write through a filter view that does not check what is written
-- kind: hole
-- expect: C04
-- object: crm.my_contact
-- logins: crm_web
-- proof: role=crm_web
create role crm_owner nologin;
create role crm_web login;
create schema crm_data authorization crm_owner;
create schema crm authorization crm_owner;
grant usage on schema crm to crm_web;
set role crm_owner;
create table crm_data.contact (
  account_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (account_id, id)
);
create view crm.my_contact with (security_barrier = true) as
  select account_id, id, name from crm_data.contact
  where account_id = (select nullif(current_setting('crm.account', true), '')::uuid);
grant select, insert, update, delete on crm.my_contact to crm_web;
reset role;

-- @exploit
select set_config('crm.account', 'aaaaaaaa-0000-4000-8000-000000000001', true);
insert into crm.my_contact (account_id, name) values ('bbbbbbbb-0000-4000-8000-000000000002', 'planted');
-- @exploit role=superuser
select 1 from crm_data.contact where account_id = 'bbbbbbbb-0000-4000-8000-000000000002';
