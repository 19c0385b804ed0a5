-- title: "has a tenant" was written where "is of my tenant" was meant
-- kind: hole
-- expect: B02|B01
-- object: hr.employee
-- logins: hr_web
-- proof: role=hr_web
create role hr_owner nologin;
create role hr_web login;
create schema hr authorization hr_owner;
grant usage on schema hr to hr_web;
set role hr_owner;
create table hr.employee (
  company_ref int not null,
  personnel_no int not null,
  full_name text not null,
  salary_cents bigint not null,
  primary key (company_ref, personnel_no)
);
create table hr.absence (
  company_ref int not null,
  personnel_no int not null,
  starts_on date not null,
  days int not null check (days > 0),
  primary key (company_ref, personnel_no, starts_on),
  foreign key (company_ref, personnel_no) references hr.employee on delete cascade
);
alter table hr.employee enable row level security;
alter table hr.employee force row level security;
alter table hr.absence enable row level security;
alter table hr.absence force row level security;
create policy employee_select on hr.employee for select using (company_ref is not null and personnel_no > 0);
create policy employee_write on hr.employee for insert with check (company_ref = (select nullif(current_setting('hr.company', true), '')::int));
create policy absence_all on hr.absence using (company_ref = (select nullif(current_setting('hr.company', true), '')::int));
grant select, insert on hr.employee to hr_web;
grant select, insert, update, delete on hr.absence to hr_web;
reset role;

-- @data
insert into hr.employee values (1, 10, 'Ada', 100), (2, 10, 'Bob', 200);
-- @exploit
select set_config('hr.company', '1', true);
select salary_cents from hr.employee where company_ref = 2;
