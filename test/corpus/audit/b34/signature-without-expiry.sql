-- title: a signed context can be replayed by anyone who has seen it once
-- kind: hole
-- expect: B34
-- logins: web
-- proof: role=web
create role sig_owner nologin;
create role web login;
create schema sig authorization sig_owner;
grant usage on schema sig to web;
set role sig_owner;
create table sig.signing_key (key text not null);
create function sig.tenant() returns int language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  given text := nullif(current_setting('sig.ctx', true), '');
  tenant text := split_part(given, '.', 1);
begin
  if given is not null and split_part(given, '.', 2) = (select md5(tenant || key) from sig.signing_key) then
    return tenant::int;
  end if;
  return null;
end $$;
create table sig.memo (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (tenant_id, id)
);
alter table sig.memo enable row level security;
alter table sig.memo force row level security;
create policy memo_tenant on sig.memo to web using (tenant_id = (select sig.tenant()));
grant select, insert on sig.memo to web;
reset role;

-- @data
insert into sig.signing_key values ('k');
insert into sig.memo (tenant_id, text) values (2, 'b');
-- @exploit
select set_config('sig.ctx', '2.' || md5('2k'), true);
select 1 from sig.memo where tenant_id = 2;
