-- title: row security not forced, with an owner that nobody can become and definer maintenance for an operator
-- kind: safe
-- logins: web
-- roles: needed
-- proof: role=web
create role own nologin;
create role web login;
create role ops login;
grant create on schema public to own;
grant usage on schema public to web, ops;
set role own;
create table public.sessions (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  seen_at timestamptz not null default now(),
  primary key (org_id, id)
);
alter table public.sessions enable row level security;
create policy sessions_org on public.sessions to web using (org_id = (select nullif(current_setting('app.org_id', true), '')::int));
create function public.purge_sessions() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
  as $$ with gone as (delete from public.sessions s where s.seen_at < now() - interval '90 days' returning 1) select count(*) from gone $$;
revoke execute on function public.purge_sessions() from public;
grant execute on function public.purge_sessions() to ops;
grant select, insert, update, delete on public.sessions to web;
reset role;
revoke create on schema public from own;

-- @data
insert into sessions (org_id) values (1), (2);
-- @works
select set_config('app.org_id', '1', true);
select 1 from sessions;
-- @exploit
select set_config('app.org_id', '1', true);
select 1 from sessions where org_id = 2;
