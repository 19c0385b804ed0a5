-- title: a context with a signature over tenant and expiry, made outside the database
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema sig authorization own;
create schema pay authorization own;
grant usage on schema sig, pay to app;
set role own;
create table sig.key (secret text not null);
create function sig.tenant() returns int language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  given text[] := string_to_array(nullif(current_setting('sig.ctx', true), ''), '.');
begin
  if given is null or array_length(given, 1) <> 3 or to_timestamp(given[2]::bigint) < now() then return null; end if;
  if given[3] is distinct from encode(sha256(convert_to(given[1] || '.' || given[2] || (select k.secret from sig.key k), 'UTF8')), 'hex') then return null; end if;
  return given[1]::int;
end $$;
create table pay.transfer (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  cents bigint not null,
  primary key (tenant_id, id)
);
alter table pay.transfer enable row level security;
alter table pay.transfer force row level security;
create policy transfer_tenant on pay.transfer to app using (tenant_id = (select sig.tenant()));
grant select, insert on pay.transfer to app;
reset role;

-- @data
insert into sig.key values ('k');
insert into pay.transfer (tenant_id, cents) values (1, 1), (2, 2);
-- @works
select set_config('sig.ctx', '1.4000000000.' || encode(sha256(convert_to('1.4000000000k', 'UTF8')), 'hex'), true);
select 1 from pay.transfer where tenant_id = 1;
-- @exploit
select set_config('sig.ctx', '2.4000000000.' || encode(sha256(convert_to('1.4000000000k', 'UTF8')), 'hex'), true);
select 1 from pay.transfer where tenant_id = 2;
