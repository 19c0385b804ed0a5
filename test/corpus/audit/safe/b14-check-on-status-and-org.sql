-- title: the new row is checked for its status and its organization
-- kind: safe
-- logins: app
create role logistics_owner nologin;
create role app login;
grant create on schema public to logistics_owner;
grant usage on schema public to app;
set role logistics_owner;
create table public.shipments (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  status text not null default 'draft',
  address text not null,
  primary key (org_id, id)
);
alter table public.shipments enable row level security;
alter table public.shipments force row level security;
create policy shipments_org on public.shipments
  using (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid))
  with check (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid) and status in ('draft', 'ready', 'sent'));
grant select, insert, update, delete on public.shipments to app;
reset role;
revoke create on schema public from logistics_owner;

-- @data
insert into shipments (org_id, address) values ('aaaaaaaa-0000-4000-8000-000000000001', 'a');
-- @exploit
select set_config('app.org_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
update shipments set org_id = 'bbbbbbbb-0000-4000-8000-000000000002';
-- @exploit role=superuser
select 1 from shipments where org_id = 'bbbbbbbb-0000-4000-8000-000000000002';
