-- title: a dashboard reads a barrier view that filters a materialized view nobody may read
-- kind: safe
-- logins: app
create role stats_owner nologin;
create role app login;
create schema stats authorization stats_owner;
grant usage on schema stats to app;
set role stats_owner;
create table stats.sale (
  tenant_id int not null,
  id bigint generated always as identity,
  sold_on date not null,
  cents bigint not null,
  primary key (tenant_id, id)
);
alter table stats.sale enable row level security;
create policy sale_tenant on stats.sale using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create materialized view stats.monthly_turnover as
  select tenant_id, date_trunc('month', sold_on)::date as month, sum(cents) as cents from stats.sale group by 1, 2;
grant select, insert, update, delete on stats.sale to app;
create view stats.my_turnover with (security_barrier = true) as
  select month, cents from stats.monthly_turnover
  where tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int);
grant select on stats.my_turnover to app;
reset role;

-- @data
insert into stats.sale (tenant_id, sold_on, cents) values (1, '2024-01-01', 1), (2, '2024-01-01', 2);
refresh materialized view stats.monthly_turnover;
-- @exploit
select set_config('app.tenant_id', '1', true);
select cents from stats.monthly_turnover where tenant_id = 2;
