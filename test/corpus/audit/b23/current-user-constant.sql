-- title: rows are marked with the database user, but all tenants share one login
-- kind: hole
-- expect: B23
-- object: public.uploads
-- logins: webapp
-- proof: role=webapp
create role upload_owner nologin;
create role webapp login;
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
insert into uploads (db_user, tenant_id, file_name) values ('webapp', 1, 'a.pdf'), ('webapp', 2, 'b.pdf');
-- @exploit
select set_config('app.tenant_id', '1', true);
select 1 from uploads where tenant_id = 2;
