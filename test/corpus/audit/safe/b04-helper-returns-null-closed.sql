-- title: plpgsql helper answers NULL without a context and NULL shows nothing
-- kind: safe
-- logins: backend
-- proof: role=backend
create role chat_owner nologin;
create role backend login;
create schema ctx authorization chat_owner;
grant usage on schema public, ctx to backend;
grant create on schema public to chat_owner;
set role chat_owner;
create function ctx.current_tenant() returns uuid language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  return nullif(current_setting('app.current_tenant', true), '')::uuid;
exception when invalid_text_representation then
  return '00000000-0000-0000-0000-000000000000';
end $$;
create table public.channels (
  tenant uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (tenant, id)
);
create table public.messages (
  tenant uuid not null,
  id uuid not null default gen_random_uuid(),
  channel_id uuid not null,
  body text not null,
  primary key (tenant, id),
  foreign key (tenant, channel_id) references public.channels (tenant, id)
);
alter table public.channels enable row level security;
alter table public.channels force row level security;
alter table public.messages enable row level security;
alter table public.messages force row level security;
create policy p on public.channels using (tenant = (select ctx.current_tenant()));
create policy p on public.messages
  using (tenant = (select ctx.current_tenant()))
  with check (tenant = (select ctx.current_tenant()));
grant select, insert, update, delete on public.channels, public.messages to backend;
reset role;
revoke create on schema public from chat_owner;

-- @data
insert into channels values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000009', 'general');
insert into messages (tenant, channel_id, body) values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000009', 'hello');
-- @exploit
select 1 from messages;
