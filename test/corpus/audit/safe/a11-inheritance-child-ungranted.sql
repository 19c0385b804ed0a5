-- title: an archive is read through the table that it inherits from
-- kind: safe
-- logins: desk
-- proof: role=desk
create role desk_owner nologin;
create role desk login;
grant create on schema public to desk_owner;
grant usage on schema public to desk;
set role desk_owner;
create table public.tickets (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  subject text not null,
  primary key (org_id, id)
);
create table public.tickets_archive (closed_at timestamptz not null default now(), primary key (org_id, id)) inherits (public.tickets);
alter table public.tickets enable row level security;
alter table public.tickets force row level security;
create policy tickets_org on public.tickets using (org_id = (select nullif(current_setting('desk.org', true), '')::int));
grant select, insert, update, delete on public.tickets to desk;
reset role;
revoke create on schema public from desk_owner;

-- @data
insert into tickets_archive (org_id, subject) values (2, 'b');
-- @exploit
select set_config('desk.org', '1', true);
select 1 from tickets_archive where org_id = 2;
