-- title: an unqualified account column inside IN picks the inner table's own column
-- kind: hole
-- expect: B21|B22
-- object: crm."Opportunity"
-- logins: crm_service
-- proof: role=crm_service
create role crm_owner nologin;
create role crm_service login;
create schema crm authorization crm_owner;
grant usage on schema crm to crm_service;
set role crm_owner;
create table crm."AccountUser" (
  "accountId" int not null,
  "userId" int not null,
  primary key ("accountId", "userId")
);
create index on crm."AccountUser" ("userId");
create table crm."Opportunity" (
  "accountId" int not null,
  id uuid not null default gen_random_uuid(),
  "amountCents" bigint not null,
  primary key ("accountId", id)
);
alter table crm."AccountUser" enable row level security;
alter table crm."AccountUser" force row level security;
alter table crm."Opportunity" enable row level security;
alter table crm."Opportunity" force row level security;
create policy mine on crm."AccountUser" for select using ("userId" = (select nullif(current_setting('crm.user', true), '')::int));
create policy by_account on crm."Opportunity"
  using ((select nullif(current_setting('crm.user', true), '')::int) in (select "userId" from crm."AccountUser" where "accountId" = "accountId"));
grant select on crm."AccountUser" to crm_service;
grant select, insert, update, delete on crm."Opportunity" to crm_service;
reset role;

-- @data
insert into crm."AccountUser" values (1, 11), (2, 22);
insert into crm."Opportunity" ("accountId", "amountCents") values (1, 5), (2, 9);
-- @exploit
select set_config('crm.user', '11', true);
select 1 from crm."Opportunity" where "accountId" = 2;
