-- title: the list of workspaces is open to the anonymous role
-- kind: hole
-- expect: A17|B01
-- object: public.workspaces
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role own nologin;
grant create on schema public to own;
grant usage on schema public to anon, authenticated;
set role own;
create table public.workspaces (
  id uuid primary key default gen_random_uuid(),
  company text not null,
  billing_email text not null
);
create table public.tasks (
  workspace_id uuid not null references public.workspaces,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (workspace_id, id)
);
alter table public.workspaces enable row level security;
alter table public.workspaces force row level security;
alter table public.tasks enable row level security;
alter table public.tasks force row level security;
create policy "anyone may look a workspace up" on public.workspaces for select to anon, authenticated using (true);
create policy "workspace tasks" on public.tasks to authenticated
  using (workspace_id = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'workspace')::uuid));
grant select on public.workspaces to anon, authenticated;
grant select, insert, update, delete on public.tasks to authenticated;
reset role;
revoke create on schema public from own;

-- @data
insert into workspaces (company, billing_email) values ('B', 'b@b.example');
-- @exploit
set local role anon;
select billing_email from workspaces;
