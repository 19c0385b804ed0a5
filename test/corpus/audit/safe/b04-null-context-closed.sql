-- title: an absent context shows nothing
-- kind: safe
-- logins: sales_app
-- proof: role=sales_app
create role sales_owner nologin;
create role sales_app login;
create schema sales authorization sales_owner;
grant usage on schema sales to sales_app;
set role sales_owner;
create table sales.lead (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  email text not null,
  score int,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);
alter table sales.lead enable row level security;
alter table sales.lead force row level security;
create policy lead_tenant on sales.lead
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on sales.lead to sales_app;
reset role;

-- @data
insert into sales.lead (tenant_id, email) values (1, 'a@a.example'), (2, 'b@b.example');
-- @exploit
select 1 from sales.lead where tenant_id = 2;
