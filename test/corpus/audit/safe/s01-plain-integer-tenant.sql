-- title: the plain good table: integer tenant, forced, composite key, wrapped context
-- kind: safe
-- logins: app
create role owner_of_docs nologin;
create role app login;
grant create on schema public to owner_of_docs;
grant usage on schema public to app;
set role owner_of_docs;
create table public.doc (
  tenant_id int not null,
  id bigint generated always as identity,
  body text not null,
  primary key (tenant_id, id)
);
alter table public.doc enable row level security;
alter table public.doc force row level security;
create policy doc_tenant on public.doc to app using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on public.doc to app;
reset role;
revoke create on schema public from owner_of_docs;

-- @data
insert into doc (tenant_id, body) values (1, 'a'), (2, 'b');
-- @works
select set_config('app.tenant_id', '1', true);
insert into doc (tenant_id, body) values (1, 'c') returning 1;
-- @exploit state=recycled
select set_config('app.tenant_id', '1', true);
select 1 from doc where tenant_id = 2;
