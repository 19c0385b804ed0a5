-- title: the tenant's name has to occur somewhere in the context
-- kind: hole
-- expect: B11
-- object: press.draft
-- logins: press_app
-- proof: role=press_app
create role press_owner nologin;
create role press_app login;
create schema press authorization press_owner;
grant usage on schema press to press_app;
set role press_owner;
create table press.draft (
  title_of text not null check (title_of <> ''),
  no int not null,
  content text not null,
  primary key (title_of, no)
);
alter table press.draft enable row level security;
alter table press.draft force row level security;
create policy draft_own on press.draft
  using (strpos((select current_setting('press.title', true)), title_of) > 0);
grant select, insert, update, delete on press.draft to press_app;
reset role;

-- @data
insert into press.draft values ('daily-north', 1, 'x'), ('daily', 1, 'y');
-- @exploit
select set_config('press.title', 'daily-north', true);
select 1 from press.draft where title_of = 'daily';
