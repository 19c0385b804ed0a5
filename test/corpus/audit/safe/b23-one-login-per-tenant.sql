-- title: rows are marked with the database user, and each tenant has a login of its own
-- kind: safe
-- logins: tenant_1 tenant_2
-- proof: role=tenant_1
create role upload_owner nologin;
create role webapp nologin;
create role tenant_1 login in role webapp;
create role tenant_2 login in role webapp;
grant create on schema public to upload_owner;
grant usage on schema public to webapp;
set role upload_owner;
create table public.uploads (
  db_user name not null default current_user,
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  file_name text not null,
  primary key (tenant_id, id)
);
create index on public.uploads (db_user);
alter table public.uploads enable row level security;
alter table public.uploads force row level security;
create policy uploads_of_user on public.uploads using (db_user = current_user);
grant select, insert, update, delete on public.uploads to webapp;
reset role;
revoke create on schema public from upload_owner;

-- @data
insert into uploads (db_user, tenant_id, file_name) values ('tenant_1', 1, 'a.pdf'), ('tenant_2', 2, 'b.pdf');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from uploads where tenant_id = 2;
