-- title: policies were written and row security enabled and forced
-- kind: safe
-- logins: app
create role letter_owner nologin;
create role app login;
grant create on schema public to letter_owner;
grant usage on schema public to app;
set role letter_owner;
create table public.letters (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (tenant_id, id)
);
alter table public.letters enable row level security;
alter table public.letters force row level security;
create policy letters_tenant on public.letters using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on public.letters to app;
reset role;
revoke create on schema public from letter_owner;

-- @data
insert into letters (tenant_id, text) values ('bbbbbbbb-0000-4000-8000-000000000002', 'b');
-- @exploit
select set_config('app.tenant_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from letters;
