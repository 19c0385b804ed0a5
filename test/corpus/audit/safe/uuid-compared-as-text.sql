-- title: a uuid tenant is compared as text, so a malformed context shows nothing
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema ut authorization own;
grant usage on schema ut to app;
set role own;
create table ut.entry (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create index on ut.entry ((tenant_id::text));
alter table ut.entry enable row level security;
alter table ut.entry force row level security;
create policy entry_tenant on ut.entry using (tenant_id::text = (select current_setting('app.tenant_id', true)));
grant select, insert, update, delete on ut.entry to app;
reset role;

-- @data
insert into ut.entry (tenant_id, body) values ('aaaaaaaa-0000-4000-8000-000000000001', 'a'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @works
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from ut.entry;
-- @exploit state=recycled
select set_config('app.tenant_id', 'no uuid', true);
select 1 from ut.entry;
