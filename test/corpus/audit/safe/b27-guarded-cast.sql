-- title: a cast of a JSON tenant is guarded by a test of its form
-- kind: safe
-- logins: ingest
-- proof: role=ingest
create role own nologin;
create role ingest login;
create schema gc authorization own;
grant usage on schema gc to ingest;
set role own;
create table gc.event (
  id uuid primary key default gen_random_uuid(),
  meta jsonb not null,
  body text not null
);
create index on gc.event ((meta ->> 'tenant'));
alter table gc.event enable row level security;
alter table gc.event force row level security;
create policy event_tenant on gc.event
  using (case when meta ->> 'tenant' ~ '^[0-9]{1,9}$' then (meta ->> 'tenant')::int = (select nullif(current_setting('gc.tenant', true), '')::int) else false end);
grant select, insert, update, delete on gc.event to ingest;
reset role;

-- @data
insert into gc.event (meta, body) values ('{"tenant":"victim-slug"}', 'b'), ('{"tenant":"1"}', 'a');
-- @works
select set_config('gc.tenant', '1', true);
select 1 from gc.event;
-- @exploit
select set_config('gc.tenant', '1', true);
select 1 from gc.event where body = 'b';
