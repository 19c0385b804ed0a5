-- title: a parent company sees its subsidiaries through a table that tenants cannot write
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema grp authorization own;
grant usage on schema grp to app;
set role own;
create table grp.visibility (
  viewer int not null,
  company int not null,
  primary key (viewer, company)
);
create table grp.report (
  company int not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (company, id)
);
alter table grp.visibility enable row level security;
alter table grp.visibility force row level security;
alter table grp.report enable row level security;
alter table grp.report force row level security;
create policy what_i_see on grp.visibility for select using (viewer = (select nullif(current_setting('grp.company', true), '')::int));
create policy report_read on grp.report for select
  using (company in (select v.company from grp.visibility v where v.viewer = (select nullif(current_setting('grp.company', true), '')::int)));
create policy report_write on grp.report for insert with check (company = (select nullif(current_setting('grp.company', true), '')::int));
grant select on grp.visibility to app;
grant select, insert on grp.report to app;
reset role;

-- @data
insert into grp.visibility values (1, 1), (1, 3), (2, 2), (3, 3);
insert into grp.report (company, text) values (1, 'a'), (2, 'b'), (3, 'c');
-- @works
select set_config('grp.company', '1', true);
select 1 from grp.report where company = 3;
-- @exploit
select set_config('grp.company', '3', true);
select 1 from grp.report where company in (1, 2);
