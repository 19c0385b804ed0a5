-- title: a definer function writes a summary as an owner that is forced
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema sum authorization own;
grant usage on schema sum to app;
set role own;
create table sum.line (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  cents bigint not null,
  primary key (tenant_id, id)
);
create table sum.total (
  tenant_id int primary key,
  cents bigint not null
);
alter table sum.line enable row level security;
alter table sum.line force row level security;
alter table sum.total enable row level security;
alter table sum.total force row level security;
create policy line_tenant on sum.line using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy total_tenant on sum.total using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create function sum.recount() returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  answer bigint;
begin
  insert into sum.total (tenant_id, cents) select l.tenant_id, sum(l.cents) from sum.line l group by 1
    on conflict (tenant_id) do update set cents = excluded.cents returning cents into answer;
  return answer;
end $$;
revoke execute on function sum.recount() from public;
grant execute on function sum.recount() to app;
grant select, insert, update, delete on sum.line to app;
grant select on sum.total to app;
reset role;

-- @data
insert into sum.line (tenant_id, cents) values (1, 5), (2, 7);
-- @works
select set_config('app.tenant_id', '1', true);
select 1 where sum.recount() = 5;
-- @exploit
select set_config('app.tenant_id', '1', true);
select sum.recount();
-- @exploit role=superuser
select 1 from sum.total where tenant_id = 2;
