-- title: a report view runs as an owner that is under its own policies
-- kind: safe
-- logins: app
create role sales_owner nologin;
create role app login;
create schema sales authorization sales_owner;
grant usage on schema sales to app;
set role sales_owner;
create table sales.deal (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  stage text not null,
  cents bigint not null,
  primary key (tenant_id, id)
);
alter table sales.deal enable row level security;
alter table sales.deal force row level security;
create policy deal_tenant on sales.deal using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create view sales.v_pipeline as
  select tenant_id, stage, count(*) as deals, sum(cents) as cents from sales.deal group by tenant_id, stage;
grant select, insert, update, delete on sales.deal to app;
grant select on sales.v_pipeline to app;
reset role;

-- @data
insert into sales.deal (tenant_id, stage, cents) values (1, 'won', 1), (2, 'lost', 2);
-- @works
select set_config('app.tenant_id', '1', true);
select 1 from sales.v_pipeline where tenant_id = 1;
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from sales.v_pipeline where tenant_id = 2;
