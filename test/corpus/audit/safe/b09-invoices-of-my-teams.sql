-- title: a signed-in user of a Supabase-like project reads the invoices of own teams
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role supabase_admin nologin;
create schema auth authorization supabase_admin;
grant create on schema public to supabase_admin;
grant usage on schema auth, public to anon, authenticated;
set role supabase_admin;
create function auth.uid() returns uuid language sql stable set search_path = pg_catalog
  as $$ select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid $$;
create table public.team_members (
  team_id uuid not null,
  user_id uuid not null,
  primary key (team_id, user_id)
);
create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null,
  amount_cents bigint not null
);
create index on public.invoices (team_id);
create index on public.team_members (user_id);
alter table public.team_members enable row level security;
alter table public.team_members force row level security;
alter table public.invoices enable row level security;
alter table public.invoices force row level security;
create policy "members see their memberships" on public.team_members for select to authenticated using (user_id = (select auth.uid()));
create policy "invoices are visible when signed in" on public.invoices for select to authenticated using (team_id in (select m.team_id from public.team_members m where m.user_id = (select auth.uid())));
grant select on public.team_members, public.invoices to authenticated;
reset role;
revoke create on schema public from supabase_admin;

-- @data
insert into team_members values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000011');
insert into invoices (team_id, amount_cents) values ('aaaaaaaa-0000-4000-8000-000000000001', 5), ('bbbbbbbb-0000-4000-8000-000000000002', 7);
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"sub":"aaaaaaaa-0000-4000-8000-000000000011"}', true);
select 1 from invoices where team_id = 'bbbbbbbb-0000-4000-8000-000000000002';
