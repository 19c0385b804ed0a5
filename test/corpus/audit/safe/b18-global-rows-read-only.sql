-- title: shared knowledge rows without a tenant are read by all and written by none
-- kind: safe
-- logins: app
create role rag_owner nologin;
create role app login;
create schema rag authorization rag_owner;
grant usage on schema rag to app;
set role rag_owner;
create table rag.chunk (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid,
  text text not null,
  embedding real[]
);
create index on rag.chunk (tenant_id);
alter table rag.chunk enable row level security;
alter table rag.chunk force row level security;
create policy chunk_read on rag.chunk for select
  using (tenant_id is null or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy chunk_insert on rag.chunk for insert
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy chunk_update on rag.chunk for update
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy chunk_delete on rag.chunk for delete
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on rag.chunk to app;
reset role;

-- @data
insert into rag.chunk (tenant_id, text) values (null, 'shared truth'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
update rag.chunk set text = 'poison' where tenant_id is null;
-- @exploit role=superuser
select 1 from rag.chunk where tenant_id is null and text = 'poison';
