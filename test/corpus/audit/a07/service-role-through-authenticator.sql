-- title: the public gateway's login may become service_role, which bypasses row security
-- kind: hole
-- expect: A07
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create role platform_owner nologin;
grant create on schema public to platform_owner;
grant usage on schema public to anon, authenticated, service_role;
set role platform_owner;
create table public.notes (
  org uuid not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (org, id)
);
alter table public.notes enable row level security;
alter table public.notes force row level security;
create policy "org" on public.notes to authenticated using (org = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org')::uuid));
grant select, insert, update, delete on public.notes to authenticated, service_role;
reset role;
revoke create on schema public from platform_owner;

-- @data
insert into notes (org, text) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
set local role service_role;
select 1 from notes;
