-- title: the application ran its own migrations, so it owns the tables
-- kind: hole
-- expect: A04
-- also: A05 A15 A12 A13
-- object: public.bookings
-- logins: rails
-- proof: role=rails
create role rails login;
grant create, usage on schema public to rails;
set role rails;
create table public.bookings (
  account_id bigint not null,
  id bigint generated always as identity,
  guest text not null,
  primary key (account_id, id)
);
alter table public.bookings enable row level security;
create policy bookings_account on public.bookings using (account_id = (select nullif(current_setting('app.current_account', true), '')::bigint));
reset role;

-- @data
insert into bookings (account_id, guest) values (1, 'a'), (2, 'b');
-- @exploit
select set_config('app.current_account', '1', true);
select 1 from bookings where account_id = 2;
