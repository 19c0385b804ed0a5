-- title: the read policy still lists the two tenants of a demo
-- kind: hole
-- expect: B10
-- object: public.leases
-- logins: app
create role lease_owner nologin;
create role app login;
grant create on schema public to lease_owner;
grant usage on schema public to app;
set role lease_owner;
create table public.leases (
  landlord int not null,
  id uuid not null default gen_random_uuid(),
  rent_cents bigint not null,
  primary key (landlord, id)
);
alter table public.leases enable row level security;
alter table public.leases force row level security;
create policy leases_read on public.leases for select using (landlord in (2, 3));
create policy leases_insert on public.leases for insert with check (landlord = (select nullif(current_setting('app.landlord', true), '')::int));
grant select, insert on public.leases to app;
reset role;
revoke create on schema public from lease_owner;

-- @data
insert into leases (landlord, rent_cents) values (1, 1), (2, 2);
-- @exploit
select set_config('app.landlord', '1', true);
select 1 from leases where landlord = 2;
