-- title: row security is forced, but the login that owns the table can take it off
-- kind: hole
-- expect: A05
-- also: A12 A13 A15
-- object: public.bookings
-- logins: django
-- proof: role=django
create role django login;
create schema django authorization django;
create table public.bookings (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  guest text not null,
  primary key (tenant_id, id)
);
alter table public.bookings enable row level security;
alter table public.bookings force row level security;
create policy bookings_tenant on public.bookings using (tenant_id = (select nullif(current_setting('rls.tenant', true), '')::uuid));
alter table public.bookings owner to django;

-- @data
insert into bookings (tenant_id, guest) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
alter table public.bookings no force row level security;
select 1 from bookings;
