-- title: policies with USING alone, permissive and restrictive
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema u authorization own;
grant usage on schema u to app;
set role own;
create table u.entry (
  account text not null check (account <> ''),
  id uuid not null default gen_random_uuid(),
  locked boolean not null default false,
  body text not null,
  primary key (account, id)
);
alter table u.entry enable row level security;
alter table u.entry force row level security;
create policy entry_select on u.entry for select using (account = (select current_setting('u.account', true)));
create policy entry_insert on u.entry for insert with check (account = (select current_setting('u.account', true)));
create policy entry_update on u.entry for update using (account = (select current_setting('u.account', true)));
create policy entry_delete on u.entry for delete using (account = (select current_setting('u.account', true)));
create policy entry_not_locked on u.entry as restrictive for update using (not locked);
grant select, insert, update, delete on u.entry to app;
reset role;

-- @data
insert into u.entry (account, body) values ('a', 'x'), ('b', 'y');
-- @works
select set_config('u.account', 'a', true);
update u.entry set body = 'z' where account = 'a' returning 1;
-- @exploit
select set_config('u.account', 'a', true);
update u.entry set account = 'b';
-- @exploit role=superuser
select 1 from u.entry where account = 'b' and body = 'z';
