-- title: chunks are visible where their document is
-- kind: safe
-- logins: app
create role rag_owner nologin;
create role app login;
create schema rag authorization rag_owner;
grant usage on schema rag to app;
set role rag_owner;
create table rag.documents (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  title text not null
);
create index on rag.documents (tenant_id);
create table rag.chunks (
  id uuid primary key default gen_random_uuid(),
  document_id uuid not null references rag.documents on delete cascade,
  seq int not null,
  text text not null,
  embedding real[],
  unique (document_id, seq)
);
alter table rag.documents enable row level security;
alter table rag.documents force row level security;
create policy documents_tenant on rag.documents using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
alter table rag.chunks enable row level security;
alter table rag.chunks force row level security;
create policy chunks_of_documents on rag.chunks for select
  using (exists (select from rag.documents d where d.id = chunks.document_id
                 and d.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)));
grant select, insert, update, delete on rag.documents to app;
grant select on rag.chunks to app;
reset role;

-- @data
insert into rag.documents values ('bbbbbbbb-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000002', 'b');
insert into rag.chunks (document_id, seq, text) values ('bbbbbbbb-0000-4000-8000-000000000002', 1, 'secret');
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select text from rag.chunks;
