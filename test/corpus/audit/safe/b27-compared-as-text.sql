-- title: the tenant lies in a JSON column and is compared as text
-- kind: safe
-- logins: ingest_api
-- proof: role=ingest_api
create role ingest_owner nologin;
create role ingest_api login;
create schema ingest authorization ingest_owner;
grant usage on schema ingest to ingest_api;
set role ingest_owner;
create table ingest.event (
  id uuid primary key default gen_random_uuid(),
  meta jsonb not null,
  body text not null
);
create index on ingest.event ((meta ->> 'tenant'));
alter table ingest.event enable row level security;
alter table ingest.event force row level security;
create policy event_tenant on ingest.event
  using (meta ->> 'tenant' = (select nullif(current_setting('app.tenant_id', true), '')));
grant select, insert, update, delete on ingest.event to ingest_api;
reset role;

-- @data
insert into ingest.event (meta, body) values ('{"tenant":"victim-slug-4711"}', 'b');
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
create temp table said (message text);
do $$ begin perform count(*) from ingest.event; exception when others then insert into said values (sqlerrm); end $$;
select 1 from said where message like '%victim-slug-4711%';
