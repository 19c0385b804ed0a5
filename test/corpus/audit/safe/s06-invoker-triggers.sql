-- title: plain triggers for timestamps, for the tenant default and for history
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema t authorization own;
grant usage on schema t to app;
set role own;
create function t.tenant() returns int language sql stable set search_path = pg_catalog
  as $$ select nullif(current_setting('app.tenant_id', true), '')::int $$;
create table t.thing (
  tenant_id int not null default t.tenant(),
  id uuid not null default gen_random_uuid(),
  name text not null,
  changed_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create table t.thing_history (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  thing_id uuid not null,
  name text not null,
  primary key (tenant_id, id)
);
create function t.touch() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin new.changed_at := now(); return new; end $$;
create function t.fill_tenant() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin new.tenant_id := coalesce(new.tenant_id, t.tenant()); return new; end $$;
create function t.keep() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
  as $$ begin insert into t.thing_history (tenant_id, thing_id, name) values (old.tenant_id, old.id, old.name); return null; end $$;
create trigger thing_touch before update on t.thing for each row execute function t.touch();
create trigger thing_tenant before insert on t.thing for each row execute function t.fill_tenant();
create trigger thing_keep after update or delete on t.thing for each row execute function t.keep();
alter table t.thing enable row level security;
alter table t.thing force row level security;
alter table t.thing_history enable row level security;
alter table t.thing_history force row level security;
create policy thing_tenant on t.thing using (tenant_id = (select t.tenant()));
create policy history_tenant on t.thing_history using (tenant_id = (select t.tenant()));
grant select, insert, update, delete on t.thing to app;
grant select, insert on t.thing_history to app;
reset role;

-- @data
insert into t.thing (tenant_id, name) values (1, 'a'), (2, 'b');
-- @works
select set_config('app.tenant_id', '1', true);
update t.thing set name = 'aa' where tenant_id = 1;
select 1 from t.thing_history;
-- @exploit
select set_config('app.tenant_id', '1', true);
insert into t.thing (tenant_id, name) values (2, 'planted') returning 1;
