-- title: the context is signed, but the function that signs it does not look at the secret
-- kind: hole
-- expect: B33
-- object: auth.enter(integer,text)
-- logins: app
create role auth_owner nologin;
create role app login;
create schema auth authorization auth_owner;
create schema core authorization auth_owner;
grant usage on schema auth, core to app;
set role auth_owner;
create table auth.tenant_secret (
  tenant_id int primary key,
  secret text not null
);
create table auth.signing_key (key text not null);
create function auth.signature(tenant int) returns text language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select md5(tenant::text || k.key) from auth.signing_key k $$;
revoke execute on function auth.signature from public;
create function auth.enter(tenant int, secret text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('auth.tenant', tenant || ':' || auth.signature(tenant), true);
end $$;
create function auth.tenant() returns int language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  given text[] := string_to_array(nullif(current_setting('auth.tenant', true), ''), ':');
begin
  if given[2] = auth.signature(given[1]::int) then return given[1]::int; end if;
  return null;
end $$;
create table core.ledger (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  cents bigint not null,
  primary key (tenant_id, id)
);
alter table core.ledger enable row level security;
alter table core.ledger force row level security;
create policy ledger_tenant on core.ledger to app using (tenant_id = (select auth.tenant()));
grant select, insert on core.ledger to app;
reset role;

-- @data
insert into auth.signing_key values ('k');
insert into auth.tenant_secret values (1, 'one'), (2, 'two');
insert into core.ledger (tenant_id, cents) values (1, 1), (2, 2);
-- @exploit
select auth.enter(2, 'whatever');
select 1 from core.ledger where tenant_id = 2;
