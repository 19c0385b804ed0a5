-- title: an organization tree by text paths matched with starts_with
-- kind: hole
-- expect: B11
-- object: public.sites
-- logins: field
-- proof: role=field
create role gis_owner nologin;
create role field login;
grant create on schema public to gis_owner;
grant usage on schema public to field;
set role gis_owner;
create table public.sites (
  org_path text not null check (org_path ~ '^[a-z0-9.]+$'),
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (org_path, id)
);
alter table public.sites enable row level security;
alter table public.sites force row level security;
create policy sites_of_org on public.sites
  using (starts_with(org_path, (select nullif(current_setting('gis.org', true), ''))))
  with check (org_path = (select nullif(current_setting('gis.org', true), '')));
grant select, insert, update, delete on public.sites to field;
reset role;
revoke create on schema public from gis_owner;

-- @data
insert into sites (org_path, name) values ('east', 'E'), ('eastern', 'other customer');
-- @exploit
select set_config('gis.org', 'east', true);
select 1 from sites where org_path = 'eastern';
