-- title: both columns in the membership sub-select are qualified
-- kind: safe
-- logins: app
create role doc_owner nologin;
create role app login;
grant create on schema public to doc_owner;
grant usage on schema public to app;
set role doc_owner;
create table public.members (
  tenant_id int not null,
  user_id int not null,
  primary key (tenant_id, user_id)
);
create table public.documents (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create index on public.members (user_id);
alter table public.members enable row level security;
alter table public.members force row level security;
alter table public.documents enable row level security;
alter table public.documents force row level security;
create policy own_memberships on public.members for select using (user_id = (select nullif(current_setting('app.user_id', true), '')::int));
create policy member_documents on public.documents
  using (exists (select 1 from public.members m where m.tenant_id = documents.tenant_id and m.user_id = (select nullif(current_setting('app.user_id', true), '')::int)));
grant select on public.members to app;
grant select, insert, update, delete on public.documents to app;
reset role;
revoke create on schema public from doc_owner;

-- @data
insert into members values (1, 11), (2, 22);
insert into documents (tenant_id, body) values (1, 'a'), (2, 'b');
-- @works
select set_config('app.user_id', '11', true);
select 1 from documents where tenant_id = 1;
-- @exploit
select set_config('app.user_id', '11', true);
select 1 from documents where tenant_id = 2;
