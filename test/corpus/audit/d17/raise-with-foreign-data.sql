-- title: a definer check names the holder of a licence in its error
-- kind: hole
-- expect: D17|C08|C09|C12
-- object: lic.one_holder()
-- logins: app
create role own nologin;
create role app login;
create schema lic authorization own;
grant usage on schema lic to app;
set role own;
create table lic.licence (
  tenant_id int not null,
  serial text not null,
  holder text not null,
  primary key (tenant_id, serial)
);
create function lic.one_holder() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  other text;
begin
  select l.holder into other from lic.licence l where l.serial = new.serial and l.tenant_id <> new.tenant_id;
  if found then raise exception 'licence % is held by %', new.serial, other; end if;
  return new;
end $$;
create trigger licence_one_holder before insert on lic.licence for each row execute function lic.one_holder();
alter table lic.licence enable row level security;
create policy licence_tenant on lic.licence to app using (tenant_id = (select nullif(current_setting('lic.tenant', true), '')::int));
grant select, insert, delete on lic.licence to app;
reset role;

-- @data
insert into lic.licence values (2, 'S1', 'Bo Baker');
-- @exploit
select set_config('lic.tenant', '1', true);
create temp table said (message text);
do $$ begin insert into lic.licence values (1, 'S1', 'me'); exception when raise_exception then insert into said values (sqlerrm); end $$;
select 1 from said where message like '%Bo Baker%';
