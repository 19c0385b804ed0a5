-- title: a helpdesk on JSON claims whose comments are readable within the organization
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role helpdesk_owner nologin;

create schema auth authorization helpdesk_owner;
grant create, usage on schema public to helpdesk_owner;
grant usage on schema public, auth to anon, authenticated;
set role helpdesk_owner;

create function auth.org() returns uuid language sql stable
  set search_path = pg_catalog
  as $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org', '')::uuid $$;

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
create table public.tickets (
  org_id uuid not null references public.organizations (id),
  id uuid not null default gen_random_uuid(),
  subject text not null,
  status text not null default 'open' check (status in ('open', 'pending', 'closed')),
  primary key (org_id, id)
);
create table public.ticket_comments (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  ticket_id uuid not null,
  author text not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, ticket_id) references public.tickets (org_id, id) on delete cascade
);
create index on public.ticket_comments (org_id, ticket_id);

alter table public.organizations enable row level security;
alter table public.organizations force row level security;
alter table public.tickets enable row level security;
alter table public.tickets force row level security;
alter table public.ticket_comments enable row level security;
alter table public.ticket_comments force row level security;

create policy "own organization" on public.organizations for select to authenticated
  using (id = (select auth.org()));
create policy "org tickets" on public.tickets to authenticated
  using (org_id = (select auth.org())) with check (org_id = (select auth.org()));
create policy "comments are readable" on public.ticket_comments for select to authenticated
  using (org_id = (select auth.org()));
create policy "comments are written in the org" on public.ticket_comments for insert to authenticated
  with check (org_id = (select auth.org()));
create policy "comments are edited in the org" on public.ticket_comments for update to authenticated
  using (org_id = (select auth.org()));

grant select on public.organizations to authenticated;
grant select, insert, update, delete on public.tickets to authenticated;
grant select, insert, update on public.ticket_comments to authenticated;
reset role;
revoke create on schema public from helpdesk_owner;

-- @data
insert into organizations values ('00000000-0000-4000-8000-00000000000a', 'Alder'), ('00000000-0000-4000-8000-00000000000b', 'Birch');
insert into tickets (org_id, id, subject) select id, id, 'printer' from organizations;
insert into ticket_comments (org_id, ticket_id, author, body) select id, id, 'kim', 'secret of ' || name from organizations;
-- @works
set local role authenticated;
select set_config('request.jwt.claims', '{"role":"authenticated","org":"00000000-0000-4000-8000-00000000000a"}', true);
select 1 from ticket_comments where org_id = '00000000-0000-4000-8000-00000000000a';
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"role":"authenticated","org":"00000000-0000-4000-8000-00000000000a"}', true);
select 1 from ticket_comments where org_id <> '00000000-0000-4000-8000-00000000000a';
