-- title: a rule copies inserts into another table as the owner
-- kind: hole
-- expect: C13
-- logins: app
create role rule_owner nologin;
create role app login;
create schema r authorization rule_owner;
grant usage on schema r to app;
set role rule_owner;
create table r.inbox (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  for_tenant int not null,
  body text not null,
  primary key (tenant_id, id)
);
create table r.delivered (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
alter table r.inbox enable row level security;
alter table r.inbox force row level security;
alter table r.delivered enable row level security;
create policy inbox_tenant on r.inbox using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy delivered_tenant on r.delivered for select using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create rule deliver as on insert to r.inbox do also insert into r.delivered (tenant_id, body) values (new.for_tenant, new.body);
grant select, insert on r.inbox to app;
grant select on r.delivered to app;
reset role;

-- @exploit
select set_config('app.tenant_id', '1', true);
insert into r.inbox (tenant_id, for_tenant, body) values (1, 2, 'planted');
-- @exploit role=superuser
select 1 from r.delivered where tenant_id = 2;
