-- title: a retention policy lets a tenant delete own rows that were read
-- kind: safe
-- logins: app
create role notify_owner nologin;
create role app login;
grant create on schema public to notify_owner;
grant usage on schema public to app;
set role notify_owner;
create table public.notifications (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  read_at timestamptz,
  primary key (tenant_id, id)
);
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
create policy n_select on public.notifications for select using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy n_insert on public.notifications for insert with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy n_update on public.notifications for update using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy n_delete on public.notifications for delete using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) and read_at is not null);
grant select, insert, update, delete on public.notifications to app;
reset role;
revoke create on schema public from notify_owner;

-- @data
insert into notifications (tenant_id, text, read_at) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b', now());
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
delete from notifications;
-- @exploit role=superuser
select 1 where not exists (select from notifications);
