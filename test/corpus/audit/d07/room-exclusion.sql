-- title: bookings of a shared room exclude each other across companies
-- kind: hole
-- expect: D07
-- object: public.room_bookings
-- logins: app
create extension btree_gist;
create role own nologin;
create role app login;
grant create on schema public to own;
grant usage on schema public to app;
set role own;
create table public.room_bookings (
  company_id int not null,
  id uuid not null default gen_random_uuid(),
  room int not null,
  during tstzrange not null,
  primary key (company_id, id),
  exclude using gist (room with =, during with &&)
);
alter table public.room_bookings enable row level security;
alter table public.room_bookings force row level security;
create policy bookings_company on public.room_bookings using (company_id = (select nullif(current_setting('app.company', true), '')::int));
grant select, insert, update, delete on public.room_bookings to app;
reset role;
revoke create on schema public from own;

-- @data
insert into room_bookings (company_id, room, during) values (2, 7, '[2024-01-01, 2024-01-02)');
-- @exploit
select set_config('app.company', '1', true);
create temp table said (state text);
do $$ begin
  insert into room_bookings (company_id, room, during) values (1, 7, '[2024-01-01, 2024-01-03)');
exception when exclusion_violation then insert into said values (sqlstate); end $$;
select 1 from said;
