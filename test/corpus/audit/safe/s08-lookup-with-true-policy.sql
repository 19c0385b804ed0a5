-- title: plans and model prices have row security with USING (true) and a grant to read
-- kind: safe
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
create table public.plans (id text primary key, monthly_cents int not null, seats int not null);
create table public.subscriptions (
  org uuid not null,
  id uuid not null default gen_random_uuid(),
  plan text not null references public.plans,
  primary key (org, id)
);
alter table public.plans enable row level security;
alter table public.plans force row level security;
alter table public.subscriptions enable row level security;
alter table public.subscriptions force row level security;
create policy "plans are public" on public.plans for select to anon, authenticated using (true);
create policy "own subscriptions" on public.subscriptions for select to authenticated
  using (org = (select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org')::uuid));
grant select on public.plans to anon, authenticated;
grant select on public.subscriptions to authenticated;
reset role;
revoke create on schema public from own;

-- @data
insert into plans values ('free', 0, 1);
insert into subscriptions (org, plan) values ('bbbbbbbb-0000-4000-8000-000000000002', 'free');
-- @works
set local role anon;
select 1 from plans;
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"org":"aaaaaaaa-0000-4000-8000-000000000001"}', true);
select 1 from subscriptions;
