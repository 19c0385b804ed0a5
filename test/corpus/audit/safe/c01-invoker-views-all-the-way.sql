-- title: both views have invoker rights, and the reader has its own right on the table
-- kind: safe
-- logins: bi_user
-- proof: role=bi_user
create role dwh_owner nologin;
create role bi_user login;
create schema raw authorization dwh_owner;
create schema mart authorization dwh_owner;
grant usage on schema mart, raw to bi_user;
set role dwh_owner;
create table raw.visit (
  company_ref int not null,
  id bigint generated always as identity,
  url text not null,
  primary key (company_ref, id)
);
alter table raw.visit enable row level security;
create policy visit_company on raw.visit using (company_ref = (select nullif(current_setting('dwh.company', true), '')::int));
create view mart.visit_clean with (security_invoker = on) as select company_ref, id, lower(url) as url from raw.visit;
create view mart.visit_count with (security_invoker = on) as select company_ref, url, count(*) as visits from mart.visit_clean group by 1, 2;
grant select on raw.visit, mart.visit_clean, mart.visit_count to bi_user;
reset role;

-- @data
insert into raw.visit (company_ref, url) values (1, '/A'), (2, '/B');
-- @exploit
select set_config('dwh.company', '1', true);
select 1 from mart.visit_count where company_ref = 2;
