-- title: a column default calls a definer function that reads the last row of any tenant
-- kind: hole
-- expect: C21|C08
-- logins: app
create role def_owner nologin;
create role app login;
create schema def authorization def_owner;
grant usage on schema def to app;
set role def_owner;
create table def.note (
  tenant_id int not null,
  id int generated always as identity,
  body text not null,
  primary key (tenant_id, id)
);
create function def.last_body() returns text language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select n.body from def.note n order by n.id desc limit 1 $$;
alter table def.note add column previous text default def.last_body();
alter table def.note enable row level security;
create policy note_tenant on def.note using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on def.note to app;
reset role;

-- @data
insert into def.note (tenant_id, body) values (2, 'of two');
-- @exploit
select set_config('app.tenant_id', '1', true);
insert into def.note (tenant_id, body) values (1, 'x');
select 1 from def.note where tenant_id = 1 and previous = 'of two';
