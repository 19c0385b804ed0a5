-- title: an e-mail address is unique across all tenants
-- kind: hole
-- expect: D01
-- also: D02
-- object: public.users
-- logins: app
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.users (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  email text not null,
  primary key (tenant_id, id),
  unique (email)
);
alter table public.users enable row level security;
alter table public.users force row level security;
create policy users_tenant on public.users using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.users to app;
reset role;
revoke create on schema public from own;

-- @data
insert into users (tenant_id, email) values (2, 'vip@b.example');
-- @exploit
select set_config('app.tenant_id', '1', true);
create temp table said (state text);
do $$ begin insert into users (tenant_id, email) values (1, 'vip@b.example'); exception when unique_violation then insert into said values (sqlstate); end $$;
select 1 from said;
