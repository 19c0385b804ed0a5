-- title: an INSERT policy without WITH CHECK refuses every row, and an import role writes instead
-- kind: safe
-- logins: reader_app
-- proof: role=reader_app
create role own nologin;
create role reader_app login;
create role importer nologin;
create schema feed authorization own;
grant usage on schema feed to reader_app, importer;
set role own;
create table feed.article (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (tenant_id, id)
);
alter table feed.article enable row level security;
alter table feed.article force row level security;
create policy article_read on feed.article for select to reader_app using (tenant_id = (select nullif(current_setting('feed.tenant', true), '')::int));
create policy article_add on feed.article for insert to reader_app;
grant select, insert on feed.article to reader_app;
grant insert on feed.article to importer;
reset role;

-- @data
insert into feed.article (tenant_id, title) values (1, 'a'), (2, 'b');
-- @works
select set_config('feed.tenant', '1', true);
select 1 from feed.article;
-- @exploit
select set_config('feed.tenant', '1', true);
insert into feed.article (tenant_id, title) values (2, 'planted') returning 1;
