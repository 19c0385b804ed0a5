-- title: an operator's login reads usage and ledger of all tenants by its own policies and no content
-- kind: safe
-- logins: app
-- proof: role=app
create role owner nologin;
create role app login;
create role operator login;
create schema rag authorization owner;
create schema books authorization owner;
grant usage on schema rag, books to app;
grant usage on schema books to operator;
set role owner;
create function books.tenant() returns text language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('app.tenant_id', true), '') $$;
create table rag.document (
  tenant_id text not null check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create table books.usage (
  tenant_id text not null check (tenant_id <> ''),
  id uuid not null default gen_random_uuid(),
  tokens int not null,
  primary key (tenant_id, id)
);
create table books.ledger (
  tenant_id text not null check (tenant_id <> ''),
  id bigint generated always as identity,
  picodollars numeric(38, 0) not null,
  primary key (tenant_id, id)
);
alter table rag.document enable row level security;
alter table rag.document force row level security;
alter table books.usage enable row level security;
alter table books.usage force row level security;
alter table books.ledger enable row level security;
alter table books.ledger force row level security;
create policy tenant on rag.document to app using (tenant_id = (select books.tenant()));
create policy tenant on books.usage to app using (tenant_id = (select books.tenant()));
create policy tenant on books.ledger for select to app using (tenant_id = (select books.tenant()));
create policy operator_reads on books.usage for select to operator using (true);
create policy operator_books on books.ledger to operator using (true) with check (true);
grant select, insert, update, delete on rag.document to app;
grant select, insert on books.usage to app;
grant select on books.ledger to app;
grant select on books.usage to operator;
grant select, insert on books.ledger to operator;
reset role;

-- @data
insert into rag.document (tenant_id, body) values ('a', 'x'), ('b', 'y');
insert into books.usage (tenant_id, tokens) values ('a', 1), ('b', 2);
-- @works role=operator
select 1 from books.usage where tenant_id = 'b';
-- @works
select set_config('app.tenant_id', 'a', true);
select 1 from books.usage where tenant_id = 'a';
-- @exploit
select set_config('app.tenant_id', 'a', true);
select 1 from books.usage where tenant_id = 'b' union all select 1 from rag.document where tenant_id = 'b';
