-- title: a definer function names its tables in full and has a path of its own
-- kind: safe
-- logins: app
create role acl_owner nologin;
create role app login;
create schema acl authorization acl_owner;
grant usage on schema acl to app;
set role acl_owner;
create table acl.allowed (
  tenant_id int not null,
  user_id int not null,
  primary key (tenant_id, user_id)
);
create table acl.secret (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  body text not null,
  primary key (tenant_id, id)
);
create function acl.readable() returns setof acl.secret language plpgsql stable security definer set search_path = acl, pg_catalog, pg_temp
as $$
begin
  return query select s.* from acl.secret s join acl.allowed a using (tenant_id)
    where a.user_id = nullif(current_setting('acl.user', true), '')::int;
end $$;
revoke execute on function acl.readable() from public;
grant execute on function acl.readable() to app;
reset role;

-- @data
insert into acl.secret (tenant_id, body) values (2, 'b');
-- @exploit
create temp table allowed (tenant_id int, user_id int);
insert into allowed values (2, 11);
grant select on allowed to public;
select set_config('acl.user', '11', true);
select 1 from acl.readable() where tenant_id = 2;
