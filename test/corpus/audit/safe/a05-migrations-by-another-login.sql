-- title: a migration role without login owns the tables, the application has rights on rows
-- kind: safe
-- logins: django
-- proof: role=django
create role django login;
create role django_migrate nologin;
grant usage on schema public to django;
create table public.bookings (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  guest text not null,
  primary key (tenant_id, id)
);
alter table public.bookings enable row level security;
alter table public.bookings force row level security;
create policy bookings_tenant on public.bookings using (tenant_id = (select nullif(current_setting('rls.tenant', true), '')::uuid));
alter table public.bookings owner to django_migrate;
grant select, insert, update, delete on public.bookings to django;

-- @data
insert into bookings (tenant_id, guest) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
alter table public.bookings no force row level security;
select 1 from bookings;
