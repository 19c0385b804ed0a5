-- title: embeddings are visible where their passage is, by the passage's own policy
-- kind: safe
-- logins: retriever
-- proof: role=retriever
create role vec_owner nologin;
create role retriever login;
create schema vec authorization vec_owner;
grant usage on schema vec to retriever;
set role vec_owner;
create table vec.passage (
  id uuid primary key default gen_random_uuid(),
  workspace text not null check (workspace <> ''),
  text text not null
);
create index on vec.passage (workspace);
create table vec.embedding (
  passage_id uuid primary key references vec.passage on delete cascade,
  model text not null,
  values real[] not null,
  preview text not null
);
alter table vec.passage enable row level security;
alter table vec.passage force row level security;
alter table vec.embedding enable row level security;
alter table vec.embedding force row level security;
create policy passage_workspace on vec.passage using (workspace = (select current_setting('vec.workspace', true)));
create policy embedding_search on vec.embedding for select
  using (passage_id in (select p.id from vec.passage p where p.workspace = (select current_setting('vec.workspace', true))));
grant select, insert, update, delete on vec.passage to retriever;
grant select on vec.embedding to retriever;
reset role;

-- @data
insert into vec.passage values ('bbbbbbbb-0000-4000-8000-000000000002', 'b', 'secret');
insert into vec.embedding values ('bbbbbbbb-0000-4000-8000-000000000002', 'm', '{0.1}', 'secr');
-- @exploit
select set_config('vec.workspace', 'a', true);
select preview from vec.embedding;
