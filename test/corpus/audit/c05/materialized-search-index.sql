-- title: full-text search over all workspaces lies in a materialized view
-- kind: hole
-- expect: C05
-- object: public.search_index
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role app_owner nologin;
grant create on schema public to app_owner;
grant usage on schema public to anon, authenticated;
set role app_owner;
create table public.pages (
  workspace_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  body text not null,
  primary key (workspace_id, id)
);
alter table public.pages enable row level security;
create policy "workspace pages" on public.pages to authenticated
  using (workspace_id = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'workspace')::uuid));
create materialized view public.search_index as
  select workspace_id, id, title, to_tsvector('simple', title || ' ' || body) as words from public.pages;
create index on public.search_index using gin (words);
grant select, insert, update, delete on public.pages to authenticated;
grant select on public.search_index to authenticated;
reset role;
revoke create on schema public from app_owner;

-- @data
insert into pages (workspace_id, title, body) values ('bbbbbbbb-0000-4000-8000-000000000002', 'merger', 'secret');
refresh materialized view search_index;
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"workspace":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select title from search_index where words @@ 'secret'::tsquery;
