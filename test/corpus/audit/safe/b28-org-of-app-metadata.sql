-- title: the organization comes from app_metadata by a JSON path in a helper
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role platform nologin;
create schema auth authorization platform;
create schema private authorization platform;
grant create on schema public to platform;
grant usage on schema auth, private, public to anon, authenticated;
set role platform;
create function auth.jwt() returns jsonb language sql stable set search_path = pg_catalog
  as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function private.my_org() returns uuid language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return (auth.jwt() #>> '{app_metadata,org_id}')::uuid;
end $$;
create table public.candidates (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  resume text not null,
  primary key (org_id, id)
);
alter table public.candidates enable row level security;
alter table public.candidates force row level security;
create policy "candidates of my org" on public.candidates to authenticated using (org_id = (select private.my_org()));
grant select, insert, update, delete on public.candidates to authenticated;
reset role;
revoke create on schema public from platform;

-- @data
insert into candidates (org_id, resume) values ('bbbbbbbb-0000-4000-8000-000000000002', 'secret');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"app_metadata":{"org_id":"aaaaaaaa-0000-4000-8000-000000000001"},"user_metadata":{"org_id":"bbbbbbbb-0000-4000-8000-000000000002"}}', true);
select resume from candidates;
