-- title: an empty context after the first transaction opens every row
-- kind: hole
-- expect: B05
-- object: crm.doc
-- logins: app
-- proof: role=app state=recycled
create role crm_owner nologin;
create role app login;
create schema crm authorization crm_owner;
grant usage on schema crm to app;
set role crm_owner;
create table crm.doc (
  tenant_id text not null check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
alter table crm.doc enable row level security;
alter table crm.doc force row level security;
create policy doc_tenant on crm.doc
  using ((select current_setting('app.tenant_id', true)) = '' or tenant_id = (select current_setting('app.tenant_id', true)))
  with check (tenant_id = (select current_setting('app.tenant_id', true)));
grant select, insert, update, delete on crm.doc to app;
reset role;

-- @data
insert into crm.doc (tenant_id, body) values ('a', 'of a'), ('b', 'of b');
-- @exploit
select 1 from crm.doc where tenant_id = 'b';
