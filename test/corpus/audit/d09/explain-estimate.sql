-- title: the planner's estimate tells how often another tenant holds a value
-- kind: hole
-- expect: D09
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.visits (
  tenant_id int not null,
  id bigint generated always as identity,
  email text not null,
  primary key (tenant_id, id)
);
alter table public.visits enable row level security;
alter table public.visits force row level security;
create policy visits_tenant on public.visits using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert on public.visits to app;
reset role;
revoke create on schema public from own;

-- @data
insert into visits (tenant_id, email) select 2, case when n % 4 = 0 then 'vip@b.example' else 'x' || n end from generate_series(1, 10000) n;
analyze visits;
-- @exploit
select set_config('app.tenant_id', '1', true);
create temp table plan (estimate numeric);
do $$
declare
  text json;
begin
  execute $q$explain (format json) select from visits where email = 'vip@b.example'$q$ into text;
  insert into plan select (jsonb_path_query_first(text::jsonb, '$.**."Plan Rows" ? (@ > 100)'))::text::numeric;
end $$;
select 1 from plan where estimate > 100;
