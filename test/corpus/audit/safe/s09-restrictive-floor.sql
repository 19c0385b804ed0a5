-- title: permissive policies open all, a restrictive one closes to the tenant
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema f authorization own;
grant usage on schema f to app;
set role own;
create table f.post (
  community int not null,
  id uuid not null default gen_random_uuid(),
  published boolean not null default false,
  body text not null,
  primary key (community, id)
);
alter table f.post enable row level security;
alter table f.post force row level security;
create policy tenant_floor on f.post as restrictive for all
  using (community = (select nullif(current_setting('f.community', true), '')::int))
  with check (community = (select nullif(current_setting('f.community', true), '')::int));
create policy anyone_reads_published on f.post for select using (published);
create policy anyone_writes on f.post for all using (true) with check (true);
grant select, insert, update, delete on f.post to app;
reset role;

-- @data
insert into f.post (community, published, body) values (1, true, 'a'), (2, true, 'b');
-- @works
select set_config('f.community', '1', true);
select 1 from f.post where community = 1;
-- @exploit
select set_config('f.community', '1', true);
select 1 from f.post where community = 2;
