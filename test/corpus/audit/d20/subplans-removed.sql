-- title: plans name the partitions of other tenants
-- kind: hole
-- expect: D20|D13|D11
-- logins: app
create role own nologin;
create role app login;
create schema pp authorization own;
grant usage on schema pp to app;
set role own;
create table pp.entry (
  tenant text not null check (tenant <> ''),
  id uuid not null default gen_random_uuid(),
  primary key (tenant, id)
) partition by list (tenant);
create table pp.entry_wayne partition of pp.entry for values in ('wayne');
create table pp.entry_stark partition of pp.entry for values in ('stark');
alter table pp.entry enable row level security;
alter table pp.entry force row level security;
create policy entry_tenant on pp.entry using (tenant = (select current_setting('pp.tenant', true)));
grant select, insert on pp.entry to app;
reset role;

-- @exploit
select set_config('pp.tenant', 'wayne', true);
create temp table plan (line text);
do $$
declare
  line text;
begin
  for line in execute 'explain select from pp.entry' loop insert into plan values (line); end loop;
end $$;
select 1 from plan where line like '%entry_stark%';
