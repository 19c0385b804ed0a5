-- title: deliberate sharing: a document is visible to another tenant where its owner made a share row
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema sh authorization own;
grant usage on schema sh to app;
set role own;
create table sh.share (
  owner_tenant int not null,
  document_id uuid not null,
  guest_tenant int not null,
  primary key (owner_tenant, document_id, guest_tenant)
);
create index on sh.share (guest_tenant);
create table sh.document (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
alter table sh.share add foreign key (owner_tenant, document_id) references sh.document (tenant_id, id) on delete cascade;
alter table sh.share enable row level security;
alter table sh.share force row level security;
alter table sh.document enable row level security;
alter table sh.document force row level security;
create policy owner_shares on sh.share
  using (owner_tenant = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy guest_sees_share on sh.share for select
  using (guest_tenant = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy own_documents on sh.document using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy shared_documents on sh.document for select
  using (exists (select from sh.share s where s.owner_tenant = document.tenant_id and s.document_id = document.id
                 and s.guest_tenant = (select nullif(current_setting('app.tenant_id', true), '')::int)));
grant select, insert, delete on sh.share to app;
grant select, insert, update, delete on sh.document to app;
reset role;

-- @data
insert into sh.document values (1, 'aaaaaaaa-0000-4000-8000-000000000001', 'a'), (2, 'bbbbbbbb-0000-4000-8000-000000000002', 'b'), (2, 'bbbbbbbb-0000-4000-8000-000000000003', 'shared');
insert into sh.share values (2, 'bbbbbbbb-0000-4000-8000-000000000003', 1);
-- @works
select set_config('app.tenant_id', '1', true);
select 1 from sh.document where body = 'shared';
-- @exploit
select set_config('app.tenant_id', '1', true);
insert into sh.share values (2, 'bbbbbbbb-0000-4000-8000-000000000002', 1);
select 1 from sh.document where body = 'b';
