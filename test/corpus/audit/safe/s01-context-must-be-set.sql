-- title: a context that is missing raises an error instead of showing nothing
-- kind: safe
-- logins: backend
-- proof: role=backend
create role platform nologin;
create role backend login;
create schema ctx authorization platform;
create schema work authorization platform;
grant usage on schema ctx, work to backend;
set role platform;
create function ctx.tenant() returns uuid language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp
as $$
declare
  given text := nullif(current_setting('platform.tenant', true), '');
begin
  if given is null then
    raise exception 'no tenant in this session' using errcode = '42501';
  end if;
  return given::uuid;
end $$;
create table work.board (
  tenant uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant, id)
);
create table work.card (
  tenant uuid not null,
  id uuid not null default gen_random_uuid(),
  board uuid not null,
  text text not null,
  primary key (tenant, id),
  foreign key (tenant, board) references work.board on delete cascade
);
create index on work.card (tenant, board);
alter table work.board enable row level security;
alter table work.board force row level security;
alter table work.card enable row level security;
alter table work.card force row level security;
create policy isolation on work.board to backend using (tenant = (select ctx.tenant())) with check (tenant = (select ctx.tenant()));
create policy isolation on work.card to backend using (tenant = (select ctx.tenant())) with check (tenant = (select ctx.tenant()));
grant select, insert, update, delete on work.board, work.card to backend;
reset role;

-- @data
insert into work.board (tenant, name) values ('aaaaaaaa-0000-4000-8000-000000000001', 'a'), ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @works
select set_config('platform.tenant', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from work.board;
-- @exploit
select 1 from work.board;
