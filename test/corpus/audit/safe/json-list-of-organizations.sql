-- title: a signed claim lists the organizations of a user as a JSON array
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role platform nologin;
create schema auth authorization platform;
grant create on schema public to platform;
grant usage on schema auth, public to anon, authenticated;
set role platform;
create function auth.organizations() returns setof text language sql stable set search_path = pg_catalog
  as $$ select jsonb_array_elements_text(coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb #> '{app_metadata,organizations}') $$;
create table public.boards (
  organization text not null check (organization <> ''),
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (organization, id)
);
alter table public.boards enable row level security;
alter table public.boards force row level security;
create policy "boards of my organizations" on public.boards to authenticated using (organization in (select auth.organizations()));
grant select, insert, update, delete on public.boards to authenticated;
reset role;
revoke create on schema public from platform;

-- @data
insert into boards (organization, title) values ('a', 'x'), ('b', 'y'), ('c', 'z');
-- @works
set local role authenticated;
select set_config('request.jwt.claims', '{"app_metadata":{"organizations":["a","b"]}}', true);
select 1 from boards where organization = 'b';
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"app_metadata":{"organizations":["a,c"]}}', true);
select 1 from boards;
