-- title: a definer function searches documents of every tenant
-- kind: hole
-- expect: C08|C09
-- object: kb.search_documents(text)
-- logins: app
create role kb_owner nologin;
create role app login;
create schema kb authorization kb_owner;
grant usage on schema kb to app;
set role kb_owner;
create table kb.document (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  body text not null,
  primary key (tenant_id, id)
);
alter table kb.document enable row level security;
create policy document_tenant on kb.document using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create function kb.search_documents(words text) returns setof kb.document
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select * from kb.document d where d.body ilike '%' || words || '%' $$;
grant select, insert, update, delete on kb.document to app;
reset role;

-- @data
insert into kb.document (tenant_id, title, body) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b', 'secret plan');
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from kb.search_documents('plan');
