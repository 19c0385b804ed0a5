-- title: a support function impersonates a tenant for the whole session, callable by everybody
-- kind: hole
-- expect: C10|C09|B33
-- object: support.impersonate(uuid)
-- logins: web
-- proof: role=web
create role sup_owner nologin;
create role web login;
create schema support authorization sup_owner;
create schema crm authorization sup_owner;
grant usage on schema support, crm to web;
set role sup_owner;
create table crm.lead (
  org uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (org, id)
);
alter table crm.lead enable row level security;
alter table crm.lead force row level security;
create policy lead_org on crm.lead using (org = (select nullif(current_setting('crm.org', true), '')::uuid));
create function support.impersonate(target uuid) returns setof crm.lead language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('crm.org', target::text, false);
  return query select * from crm.lead;
end $$;
grant select, insert, update, delete on crm.lead to web;
reset role;

-- @data
insert into crm.lead (org, name) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
select set_config('crm.org', 'aaaaaaaa-0000-4000-8000-000000000001', false);
select name from support.impersonate('bbbbbbbb-0000-4000-8000-000000000002');
