-- title: the rule on private documents is restrictive, so it narrows what the tenant sees
-- kind: safe
-- logins: app
create role docs_owner nologin;
create role app login;
create schema docs authorization docs_owner;
grant usage on schema docs to app;
set role docs_owner;
create table docs.document (
  tenant_id int not null,
  id bigint generated always as identity,
  title text not null,
  visibility text not null default 'internal' check (visibility in ('private', 'internal')),
  body text not null,
  primary key (tenant_id, id)
);
create table docs.revision (
  tenant_id int not null,
  document_id bigint not null,
  rev int not null,
  body text not null,
  primary key (tenant_id, document_id, rev),
  foreign key (tenant_id, document_id) references docs.document (tenant_id, id) on delete cascade
);
alter table docs.document enable row level security;
alter table docs.document force row level security;
alter table docs.revision enable row level security;
alter table docs.revision force row level security;
create policy tenant on docs.document using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy not_private on docs.document as restrictive for select using (visibility <> 'private');
create policy tenant on docs.revision using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on docs.document, docs.revision to app;
reset role;

-- @data
insert into docs.document (tenant_id, title, body) values (1, 'a', 'ours'), (2, 'b', 'theirs');
-- @exploit
select set_config('app.tenant_id', '1', true);
select body from docs.document where tenant_id = 2;
