-- title: unique tokens, uuid keys and content hashes with a secret say nothing about others
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.invitations (
  tenant_id uuid not null,
  id uuid primary key default gen_random_uuid(),
  token uuid not null unique default gen_random_uuid(),
  email text not null,
  unique (tenant_id, email)
);
create index on public.invitations (tenant_id);
alter table public.invitations enable row level security;
alter table public.invitations force row level security;
create policy invitations_tenant on public.invitations using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on public.invitations to app;
reset role;
revoke create on schema public from own;

-- @data
insert into invitations (tenant_id, email) values ('bbbbbbbb-0000-4000-8000-000000000002', 'x@x.example');
-- @works
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
insert into invitations (tenant_id, email) values ('aaaaaaaa-0000-4000-8000-000000000001', 'x@x.example') returning 1;
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from invitations where tenant_id = 'bbbbbbbb-0000-4000-8000-000000000002';
