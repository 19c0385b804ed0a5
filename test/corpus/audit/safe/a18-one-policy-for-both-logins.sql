-- title: both logins are covered by the tenant policy
-- kind: safe
-- logins: web worker
-- proof: role=worker
create role q_owner nologin;
create role web login;
create role worker login;
create schema q authorization q_owner;
grant usage on schema q to web, worker;
set role q_owner;
create table q.message (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body jsonb not null,
  primary key (tenant_id, id)
);
alter table q.message enable row level security;
alter table q.message force row level security;
create policy message_tenant on q.message to web, worker using (tenant_id = (select nullif(current_setting('q.tenant', true), '')::int));
grant select, insert, update, delete on q.message to web, worker;
reset role;

-- @data
insert into q.message (tenant_id, body) values (2, '{}');
-- @exploit
select set_config('q.tenant', '1', true);
select 1 from q.message where tenant_id = 2;
