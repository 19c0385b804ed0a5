-- title: the default partition of a claims table was granted to the signed-in role
-- kind: hole
-- expect: A10
-- object: public.audit_other
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role platform nologin;
grant create on schema public to platform;
grant usage on schema public to anon, authenticated;
set role platform;
create table public.audit (
  org uuid not null,
  kind text not null,
  id uuid not null default gen_random_uuid(),
  detail jsonb not null default '{}',
  primary key (org, kind, id)
) partition by list (kind);
create table public.audit_login partition of public.audit for values in ('login', 'logout');
create table public.audit_other partition of public.audit default;
alter table public.audit enable row level security;
alter table public.audit force row level security;
create policy "org audit" on public.audit for select to authenticated
  using (org = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org')::uuid));
grant select on public.audit, public.audit_other to authenticated;
reset role;
revoke create on schema public from platform;

-- @data
insert into audit (org, kind) values ('bbbbbbbb-0000-4000-8000-000000000002', 'export');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"org":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select 1 from audit_other;
