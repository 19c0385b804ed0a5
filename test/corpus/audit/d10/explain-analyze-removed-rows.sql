-- title: EXPLAIN ANALYZE prints how many rows of others the policy removed
-- kind: hole
-- expect: D10
-- logins: app
create role own nologin;
create role app login;
create schema m authorization own;
grant usage on schema m to app;
set role own;
create table m.sample (
  tenant_id text not null check (tenant_id <> ''),
  id uuid primary key default gen_random_uuid(),
  body text not null
);
create index on m.sample (tenant_id);
alter table m.sample enable row level security;
alter table m.sample force row level security;
create policy sample_tenant on m.sample using (tenant_id = (select current_setting('m.tenant', true)));
grant select, insert on m.sample to app;
reset role;

-- @data
insert into m.sample (tenant_id, body) select 'b', 'x' from generate_series(1, 77);
-- @exploit
set local enable_indexscan = off; set local enable_bitmapscan = off;
select set_config('m.tenant', 'a', true);
create temp table plan (line text);
do $$
declare
  line text;
begin
  for line in execute 'explain (analyze, costs off, timing off) select from m.sample' loop
    insert into plan values (line);
  end loop;
end $$;
select 1 from plan where line like '%Rows Removed by Filter: 77%';
